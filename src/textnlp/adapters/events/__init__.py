"""Where events are published."""
