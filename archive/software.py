"""Which version of this program writes a hand-over."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def software_version() -> str:
    """Return the version that is installed; ``unknown`` where the folder alone was copied, which must work too."""
    try:
        return version("hemeroteca")
    except PackageNotFoundError:
        return "unknown"
