"""What is told to people: in English, and so that a page can tell it in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Said(str):
    """A sentence in English that knows how it was made: the text that catalogues hold, and what fills its places."""

    text: str
    values: dict[str, object]

    def told(self, translated: Callable[[str], str]) -> str:
        """Return the sentence in another language; what fills its places is translated where it was said too."""
        values = {
            name: value.told(translated) if isinstance(value, Said) else value for name, value in self.values.items()
        }
        return filled(translated(self.text), values)


def said(text: str, **values: object) -> Said:
    """Mark a text, so that the catalogues hold it, and fill its places (``%(name)s``)."""
    made = Said(filled(text, values))
    made.text, made.values = text, values
    return made


def filled(text: str, values: dict[str, object]) -> str:
    """Return a text with its places filled; one without places is as it stands."""
    return text % values if values else text
