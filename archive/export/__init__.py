"""Hands out articles: as lines for a pipe or a download, as a file, and as a dataset in a folder."""

from archive.export.asked import Asked
from archive.export.dataset import Made, export_dataset
from archive.export.files import export_file
from archive.export.rows import Wanted, lines, newest_first
from archive.export.split import parse_split

__all__ = ["Asked", "Made", "Wanted", "export_dataset", "export_file", "lines", "newest_first", "parse_split"]
