"""Reading the log: following it, finding in it, and telling whom it concerns."""
