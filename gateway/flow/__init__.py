"""The steps of one exchange, as `docs/explanation/flow.md` numbers them. `gateway.exchange` puts them together."""
