"""The door to a relational database: read-only views, one for each kind of record."""

from adapters.sql_view.settings import View, ViewSettings
from adapters.sql_view.source import SQLViewSource

__all__ = ["SQLViewSource", "View", "ViewSettings"]
