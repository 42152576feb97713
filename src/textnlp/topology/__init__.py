"""The declaration: what the platform is, as values with no I/O that every process and every rendering reads.

Each declared thing exists once and is compared by identity; `document.as_document` compares by content. That leaves
out the generated comparisons, which would be a fifth of the time that importing the catalog takes.
"""
