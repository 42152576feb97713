"""Mistakes to plant, by what they are about."""
