"""The one database: reaching it, bringing it to what the code expects, and who may do what in it."""
