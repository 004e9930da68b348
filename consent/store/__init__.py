"""The store beside the core: facts kept sealed, gathered, held still and recorded."""
