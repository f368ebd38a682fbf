"""fathom: is classical machine learning enough, or do you need deep learning? An answer with evidence."""

__version__ = "0.1.0"
