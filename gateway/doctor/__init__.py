"""`schakel doctor`: looking at everything that an installation rests on, each thing by itself."""
