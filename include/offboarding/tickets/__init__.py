"""Findings as tickets: to whom, what they say, and telling the tracker exactly once."""
