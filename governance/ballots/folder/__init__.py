"""The folder that is published with each election, and what checks it."""
