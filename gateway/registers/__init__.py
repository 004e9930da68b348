"""Registers that answer: the port, the file as its first implementation, and bringing in what they say."""
