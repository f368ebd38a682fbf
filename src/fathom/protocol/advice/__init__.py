"""What to expect before anything is trained."""
