"""How fast and how large the gateway is, each time against an anchor in the same run: `python -m benchmarks`."""
