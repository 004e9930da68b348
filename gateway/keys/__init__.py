"""The keys of an installation: where they lie, how they change, and what they seal and open."""
