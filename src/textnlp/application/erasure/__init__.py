"""Find what is kept of a person, and erase it."""
