"""The one database: reaching it, and bringing it to what the code expects."""
