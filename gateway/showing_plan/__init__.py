"""A plan as a person reads it: from the bytes of an answer to a sheet, to lines, and to what differs between two."""
