"""The roof: the doors and the flow. Read `gateway.exchange` first."""
