"""Numbers for who runs the gateway: how many, how long, how far behind. Never who, and nothing that a caller wrote."""
