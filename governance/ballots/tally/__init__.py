"""Counting votes: pure arithmetic, exact, without Django."""
