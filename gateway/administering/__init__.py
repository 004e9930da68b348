"""What an organisation's own administrator keeps here: who stands in for whom, who works there no more, what is its."""
