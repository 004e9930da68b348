"""A whole gateway round one world file, and how to call it."""
