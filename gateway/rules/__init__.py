"""Rule sets of a running gateway: whether they are confirmed, by whom, and what officers must hear."""
