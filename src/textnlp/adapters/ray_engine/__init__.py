"""Checks and duplicates on the machines of a Ray cluster."""
