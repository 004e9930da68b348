"""Looking round and ahead for a person: who might see what, and what begins, lapses or needs a yes again."""
