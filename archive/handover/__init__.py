"""Hands a part of the archive over in forms that others open: WARC files, WACZ, BagIt. It only reads the archive."""

from archive.handover.bag import Bagged, write_bag
from archive.handover.extract import Extracted, Story, chosen, write_warc
from archive.handover.wacz import write_wacz

__all__ = ["Bagged", "Extracted", "Story", "chosen", "write_bag", "write_wacz", "write_warc"]
