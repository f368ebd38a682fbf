"""Records: the entities of a text as columns, each with a value in one way of writing and whether it can be right."""
