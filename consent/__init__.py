"""The wing of deciding: why something may be shared."""
