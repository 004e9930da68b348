"""Who is registered technically: clients, identity providers, record systems."""
