"""The door to a folder of CSV files, dropped there by night."""

from adapters.csv_drop.settings import DropFile, DropSettings
from adapters.csv_drop.source import CSVDropSource

__all__ = ["CSVDropSource", "DropFile", "DropSettings"]
