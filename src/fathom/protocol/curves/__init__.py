"""Learning curves: how scores grow with the rows, and what more rows would bring."""
