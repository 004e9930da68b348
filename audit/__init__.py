"""The wing that logs: who asked what, what was answered, and how anybody can check that it really happened."""
