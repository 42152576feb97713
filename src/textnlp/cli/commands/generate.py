"""`textnlp generate`: one completion, from the embedded model, an endpoint, or a running platform."""
