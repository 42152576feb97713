"""Erasing what is kept of a person: what is looked for, what is left in its place, and how it is certified."""
