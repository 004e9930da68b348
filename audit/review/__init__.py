"""Reviewing afterwards: what asks a review or a duty, when it is due, who may judge, and what closes it. Pure."""
