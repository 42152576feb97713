"""The web console: pages over the same use cases as the API, for people."""
