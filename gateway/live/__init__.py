"""World files through a running gateway: what is asked over the wire, and what was heard there."""
