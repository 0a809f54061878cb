"""The small statements: what they make of addresses."""

from __future__ import annotations

import pytest

from archive.rows import surt


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.Lakeside.example/News/1?b=2&a=1", "example,lakeside)/news/1?a=1&b=2"),
        ("http://lakeside.example", "example,lakeside)/"),
        ("https://lakeside.example:8443/a", "example,lakeside:8443)/a"),
        ("https://lakeside.example:443/a", "example,lakeside)/a"),
        ("https://lakeside.example:99999/A", "https://lakeside.example:99999/a"),
        ("http://[::1/", "http://[::1/"),
    ],
)
def test_addresses_sort_by_their_host_and_those_that_cannot_be_parsed_stay(url: str, key: str) -> None:
    assert surt(url) == key
