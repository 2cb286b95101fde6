"""Measures the trained assistant on messages it has never seen: `python -m evaluation`."""
