"""The form of facts and requests, on the wire and in a world file, read strictly; and what a world file expects."""
