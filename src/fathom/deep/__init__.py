"""Learners that find the features themselves: network + head, trained end to end."""

import os

# Threads that spin while they wait starve whatever runs beside them; libgomp reads this once, when torch is imported.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")
