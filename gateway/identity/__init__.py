"""Who asks: the token service, and the check of every request. Never whether it is allowed."""
