"""Signals on the live log: what is looked at, who may see it, what was explained, and which rules are switched off."""
