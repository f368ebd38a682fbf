"""Models leave the store as files that other programs read, and as graphs that a quicker runtime answers with."""
