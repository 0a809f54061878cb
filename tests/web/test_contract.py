"""How long answers are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archive.web.contract import pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.sqlite


def test_the_first_line_of_a_long_answer_goes_alone_and_the_others_in_large_pieces() -> None:
    lines = [b"%05d\n" % number for number in range(20_000)]
    sent = list(pieces(lines))
    assert b"".join(sent) == b"".join(lines)
    assert sent[0] == lines[0]
    assert [len(piece) > 65_000 for piece in sent[1:]] == [True, False]
    assert list(pieces([])) == []


def test_no_more_is_read_than_is_sent() -> None:
    read: list[int] = []

    def lines() -> Iterator[bytes]:
        for number in range(3):
            read.append(number)
            yield b"x"

    assert next(pieces(lines())) == b"x"
    assert read == [0]
