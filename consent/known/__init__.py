"""What is known of families and of the registry, opened and put together, and whether something new fits it."""
