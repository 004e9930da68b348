"""Both sides of the witness protocol: the small program that a witness runs, and the log that asks its witnesses."""
