"""The desk where facts are recorded, confirmed and ended, and where people look at what is known of them."""
