"""The tests, and what they share: a package, because a dependency installs one of the same name that would go first."""
