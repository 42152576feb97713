"""A picture of the estate, drawn from what its templates make."""
