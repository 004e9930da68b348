"""Finding events: by which words, and from a table that is made from the log."""
