"""Forgetting: what a person leaves behind goes, for good, and no backup brings it back."""
