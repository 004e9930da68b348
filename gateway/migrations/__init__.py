"""The steps by which the database comes to what the code expects. A step that was released never changes."""
