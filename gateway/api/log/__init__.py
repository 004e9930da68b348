"""The doors of the log: its public files, what officers look for in it, and what a person reads of his own."""
