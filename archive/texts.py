"""How texts lie in the database: the text an article has now is packed whole, those before it as what differs.

A text that another took the place of is packed with zstd, with the text that followed it as dictionary: one or two
edited sentences then cost some hundred bytes. That one may be packed in turn by the one that followed it; every eighth
of a chain, and what has nothing to be told against, is whole, packed by itself. Nobody reads ``content.body`` but
through here: :func:`bodies`, or :func:`unpacked` for a row that was read already.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import zstandard

from archive import tables as t
from archive.bulk import run_each
from archive.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from sqlalchemy.engine import Connection

LEVEL = 3
DELTA_LEVEL = 6
"""Higher ones take more time and save nothing: measured on texts of 150 to 1,200 words."""

BATCH = 200
"""Articles that are settled together."""

_MEND = "`hemeroteca rebuild` makes it again"

LONGEST_CHAIN = 8
"""Texts that are read, at most, to know one: each costs some microseconds and a look-up."""

COLUMNS = (t.content.c.codec, t.content.c.base_content_id, t.content.c.body)
"""What a query must select, for :func:`unpacked`, of a content whose text is wanted."""

_MOST_BYTES = 2**30  # what a damaged frame may claim to hold

_WANTED = sa.bindparam("wanted", type_=sa.BigInteger, expanding=True)


# ------------------------------------------------------------------ pure


class _Packers(threading.local):
    """What packs and unpacks whole texts: making one anew costs more than a text, and threads may not share one."""

    def __init__(self) -> None:
        self.packer = zstandard.ZstdCompressor(level=LEVEL, write_checksum=False)
        self.unpacker = zstandard.ZstdDecompressor()


_HERE = _Packers()


def pack(text: bytes, base: bytes | None = None) -> bytes:
    """Return a text packed, against another one if there is any."""
    if base is None:
        return _HERE.packer.compress(text)
    packer = zstandard.ZstdCompressor(level=DELTA_LEVEL, dict_data=_dictionary(base), write_checksum=False)
    return packer.compress(text)


def unpack(packed: bytes, base: bytes | None = None) -> bytes:
    """Return the text again; raise ValueError for bytes that are none, or were packed against another base."""
    unpacker = _HERE.unpacker if base is None else zstandard.ZstdDecompressor(dict_data=_dictionary(base))
    try:
        return unpacker.decompress(packed, _MOST_BYTES)
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from error


def _dictionary(base: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(base, zstandard.DICT_TYPE_RAWCONTENT)


# ------------------------------------------------------------------ read


def bodies(connection: Connection, contents: Iterable[int]) -> dict[int, str | None]:
    """Return the bodies of contents by id; None for one that was erased. One query, whatever their chains.

    Raises StoreError for a text that cannot be unpacked. In one that is damaged otherwise, bytes that are no text are
    replaced; its digest tells.
    """
    wanted = set(contents)
    return {number: _printed(text)
            for number, text in _unpacked(connection, wanted).items() if number in wanted}  # fmt: skip


def body(connection: Connection, content: int) -> str | None:
    """Return the body of one content."""
    return bodies(connection, [content])[content]


def unpacked(connection: Connection, row: Any) -> str | None:
    """Return the body of a row that has :data:`COLUMNS` of a content; None where there is no content, or no text."""
    if row.body is None:
        return None
    if row.codec == t.PLAIN:
        return _printed(row.body)
    base = _unpacked(connection, {row.base_content_id})[row.base_content_id] if row.base_content_id else None
    return _printed(_text(row.body, base, "a content"))


def all_unpacked(connection: Connection, rows: Iterable[Any]) -> dict[int, str | None]:
    """Return the bodies of rows that have the id and :data:`COLUMNS` of a content.

    Only texts that are told through others than these need a query.
    """
    return {number: _printed(text) for number, text in all_as_bytes(connection, rows).items()}


def all_as_bytes(connection: Connection, rows: Iterable[Any]) -> dict[int, bytes | None]:
    """Return the same bodies in UTF-8, as they lie in the database."""
    held = {row.id: row for row in rows}
    texts = {number: _whole(row) for number, row in held.items() if row.base_content_id is None}
    if len(texts) < len(held):
        elsewhere = {row.base_content_id for row in held.values()} - held.keys() - {None}
        known = held | _chain_rows(connection, elsewhere)
        for number in held.keys() - texts.keys():
            _follow(number, known, texts)
    return {number: texts[number] for number in held}


def _printed(text: bytes | None) -> str | None:
    return text.decode(errors="replace") if text is not None else None


def _unpacked(connection: Connection, wanted: set[int]) -> dict[int, bytes | None]:
    rows = _chain_rows(connection, wanted)
    texts: dict[int, bytes | None] = {}
    for number in wanted:
        _follow(number, rows, texts)
    return texts


def _chain_rows(connection: Connection, wanted: set[int]) -> dict[int, Any]:
    """Return the rows of contents, and of all that they are told through, by id."""
    return {row.id: row for row in connection.execute(_CHAINS, {"wanted": sorted(wanted)})} if wanted else {}


def _follow(number: int, rows: Mapping[int, Any], texts: dict[int, bytes | None]) -> None:
    """Unpack a text, and before it those of its chain that are not unpacked yet."""
    chain: list[int] = []
    while number not in texts:
        if number in chain:
            raise StoreError(f"content {number}: its text is told by itself; {_MEND}")
        chain.append(number)
        if rows[number].base_content_id is None:
            break
        number = rows[number].base_content_id
    for link in reversed(chain):
        row = rows[link]
        texts[link] = _whole(row, texts[row.base_content_id] if row.base_content_id is not None else None)


def _whole(row: Any, base: bytes | None = None) -> bytes | None:
    """Return the text of a row; ``base`` is the one that it is told by."""
    if row.codec == t.PLAIN or row.body is None:
        return row.body  # type: ignore[no-any-return]  # a row of the database
    return _text(row.body, base, f"content {row.id}")


def _text(packed: bytes, base: bytes | None, name: str) -> bytes:
    try:
        return unpack(packed, base)
    except ValueError as error:
        raise StoreError(f"{name}: its text cannot be unpacked: {error}; {_MEND}") from error


def _chains() -> sa.Select[Any]:
    """Select contents and all that their texts are told against."""
    asked = sa.select(t.content.c.id).where(t.content.c.id.in_(_WANTED)).cte("chain", recursive=True)
    base = t.content.alias("base").c
    # A look-up for each: for a join SQLite first reads the whole table into a Bloom filter. UNION, not UNION ALL: a
    # text that many are told against is read once, and a circle ends.
    step = sa.select(base.base_content_id).where(base.id == asked.c.id).correlate(asked).scalar_subquery()
    chain = asked.union(sa.select(step).select_from(asked))
    return sa.select(t.content.c.id, *COLUMNS).where(t.content.c.id.in_(sa.select(chain.c.id)))


_CHAINS = _chains()


# ------------------------------------------------------------------ written


def settle(connection: Connection, articles: Collection[int]) -> None:
    """Tell the texts that articles have no more by those they have, which are kept whole: after versions were written.

    What another article still says stays whole. A text is only ever packed against one that is whole then, so no chain
    runs in a circle; the rows are locked before they are looked at, so no other writer changes that meanwhile.
    """
    chosen = sorted(articles)
    for at in range(0, len(chosen), BATCH):
        part = {"articles": chosen[at : at + BATCH]}
        said: dict[int, set[int]] = {}
        heads: dict[int, int] = {}
        for row in connection.execute(_VERSIONS, part):
            said.setdefault(row.article_id, set()).add(row.content_id)
            if row.known_to == t.FOREVER:
                heads[row.article_id] = row.content_id
        rows = {row.id: row for row in connection.execute(_held(connection.dialect.name), part)}
        _settle(connection, rows, said, heads)


def _settle(connection: Connection, rows: Mapping[int, Any], said: Mapping[int, set[int]],
            heads: Mapping[int, int]) -> None:  # fmt: skip
    bases = {number: row.base_content_id for number, row in rows.items() if row.body is not None}
    opened = {head for head in heads.values() if bases.get(head) is not None}
    texts = {number: text for number, text in _unpacked(connection, opened).items() if number in opened}
    written: list[tuple[int, int | None, bytes, int]]
    written = [(t.ZSTD, None, pack(texts[number] or b""), number) for number in sorted(opened)]
    bases |= dict.fromkeys(opened)
    leaning: dict[int, list[int]] = {}
    for number, base in bases.items():
        if base is not None:
            leaning.setdefault(base, []).append(number)
    old = {number for number, base in bases.items() if base is None} - set(heads.values())
    old -= set(connection.execute(_LAST_OF_SOME, {"contents": sorted(old)}).scalars()) if old else set()
    for article, head in heads.items():
        for number in sorted(said[article] & old) if head in bases else ():
            old.discard(number)
            if _depth(number, leaning) < LONGEST_CHAIN - 1 and (delta := _delta(rows, texts, number, head)) is not None:
                leaning.setdefault(head, []).append(number)
                written.append((t.DELTA, head, delta, number))
    run_each(connection, _WRITTEN, written)


def _delta(rows: Mapping[int, Any], texts: dict[int, bytes | None], number: int, base: int) -> bytes | None:
    """Return a text that is whole as what differs from another; None where one of them is damaged: so it stays."""
    for each in {number, base} - texts.keys():
        try:
            texts[each] = rows[each].body if rows[each].codec == t.PLAIN else unpack(rows[each].body)
        except ValueError:
            texts[each] = None
    text, told_by = texts[number], texts[base]
    return pack(text, told_by) if text is not None and told_by is not None else None


def release(connection: Connection, contents: Collection[int]) -> None:
    """Pack anew what is packed against these contents, which are about to lose their texts."""
    row = t.content.c
    leaning = sa.select(row.id).where(row.base_content_id.in_(contents), row.id.not_in(contents))
    numbers = set(connection.execute(leaning).scalars())
    told = _unpacked(connection, numbers).items()
    whole = [(t.ZSTD, None, pack(text), number) for number, text in told if text is not None and number in numbers]
    run_each(connection, _WRITTEN, whole)


def _depth(number: int, leaning: Mapping[int, Collection[int]]) -> int:
    """Return how many texts are told, one through another, against this one."""
    return max((1 + _depth(one, leaning) for one in leaning.get(number, ())), default=0)


_WRITTEN = "UPDATE content SET codec = ?, base_content_id = ?, body = ? WHERE id = ?"
_ARTICLES = sa.bindparam("articles", type_=sa.BigInteger, expanding=True)
_VERSIONS = (
    sa.select(t.version.c.article_id, t.version.c.content_id, t.version.c.known_to)
    .where(t.version.c.article_id.in_(_ARTICLES), t.version.c.content_id.is_not(None))
    .order_by(t.version.c.article_id, t.version.c.number)
)
_HELD = (
    sa.select(t.content.c.id, *COLUMNS)
    .where(t.content.c.id.in_(sa.select(t.version.c.content_id).where(t.version.c.article_id.in_(_ARTICLES))))
    .order_by(t.content.c.id)
)


def _held(dialect: str) -> sa.Select[Any]:
    return _HELD.with_for_update(of=t.content) if dialect == "postgresql" else _HELD


def _last_of_some() -> sa.Select[Any]:
    """Select which of some contents is the last text of an article."""
    row, later = t.version.c, t.version.alias("later").c
    has_later = sa.exists().where(
        later.article_id == row.article_id, later.known_to == t.OPEN, later.number > row.number,
        later.content_id.is_not(None),
    )  # fmt: skip
    contents = sa.bindparam("contents", type_=sa.BigInteger, expanding=True)
    return sa.select(row.content_id).where(row.content_id.in_(contents), row.known_to == t.OPEN, ~has_later)


_LAST_OF_SOME = _last_of_some()
