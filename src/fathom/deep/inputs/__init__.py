"""Kinds to tensors: one file per kind of data that goes in."""
