"""Looking round and ahead for a person."""
