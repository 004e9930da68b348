"""What public registers answer, turned into facts of the decision contract. Pure: asking them is an adapter's work."""
