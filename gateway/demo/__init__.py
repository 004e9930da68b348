"""The demonstration: an invented family, three record systems that do not know each other, and what passes."""
