"""Backups: one consistent snapshot of the database, sealed so that the server that makes it cannot read it."""
