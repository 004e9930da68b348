"""Notices: an organisation is told that something it relied on was withdrawn, so that it looks again."""
