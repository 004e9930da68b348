"""The verifier: whether the log is what it says it is, from an export or from the live store."""
