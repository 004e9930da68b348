"""The doors of facts: where they are recorded, confirmed and ended, and where it is shown what is known."""
