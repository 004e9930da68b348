"""The doors: HTTP in, HTTP out. Nothing here decides anything."""
