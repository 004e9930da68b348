"""What the OpenAPI document says of the bodies of success; imported where that document is made, and nowhere else."""
