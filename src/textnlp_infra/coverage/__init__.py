"""What the design asks for, element by element, and the resources and files that are it."""
