"""A study as a page that a person can read: one HTML file, offline, with nothing taken on trust."""

from fathom.report.page import render, write

__all__ = ["render", "write"]
