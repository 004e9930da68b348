"""Putting on record: facts held still while the event is kept, and what is kept in one transaction with it."""
