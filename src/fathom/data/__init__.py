"""A file becomes a typed dataset."""
