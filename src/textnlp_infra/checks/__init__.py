"""Checks of an expanded estate: types, references, and what no type knows."""
