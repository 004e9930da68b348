"""Whether anything may be kept, and may leave: the log whole, known to its witnesses, in time, with room."""
