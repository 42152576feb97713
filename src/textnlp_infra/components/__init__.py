"""Components: each a config value, and a function that returns what it builds."""
