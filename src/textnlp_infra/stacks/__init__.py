"""Stacks by lifetime: what each is composed of, and what it hands to the next."""
