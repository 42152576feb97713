"""What the estate costs in a month."""
