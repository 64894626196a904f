"""A local server that speaks GitHub's API, for tests and measurements."""
