"""World files and made-up worlds, decided: never on live facts."""
