"""What models look at, and what networks learned."""
