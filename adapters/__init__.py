"""The wing of mapping: every institution's record system, turned into elements of the shared plan."""
