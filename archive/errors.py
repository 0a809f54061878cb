"""What can go wrong in the archive. Every message says what, where and what to do.

* ArchiveError
  x NoArchiveError        there is no archive at this place
  x StoreError       the disk or the database refuses: stop, keep what was acknowledged
  x LeaseHeldError   another process visits this host: come back later
  x NotFoundError         no such article, version or address
  x TakenDownError        the article is taken down; the message says since when and why
  x QueryError       a search or a date cannot be understood
"""


class ArchiveError(Exception):
    """Anything the archive cannot do."""


class NoArchiveError(ArchiveError):
    """There is no archive at this place."""


class StoreError(ArchiveError):
    """The disk or the database refuses to take more; what was acknowledged is safe."""


class LeaseHeldError(ArchiveError):
    """Another process visits this host."""


class NotFoundError(ArchiveError):
    """No such article, version or address."""


class TakenDownError(NotFoundError):
    """The article is taken down; the message is its tombstone. ``is_erased``: its text is held no more."""

    def __init__(self, message: str, *, is_erased: bool = False) -> None:
        super().__init__(message)
        self.is_erased = is_erased


class QueryError(ArchiveError):
    """A search, a date or a filter cannot be understood; ``at`` is the character of a search where it goes wrong."""

    def __init__(self, message: str, at: int | None = None) -> None:
        super().__init__(message)
        self.at = at
