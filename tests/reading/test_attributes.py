import re

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.attributes import NamePattern, count, matching
from tests.reading.build import page

SOURCES = (r"^comment(?:$|[^a])", r"(?:^|[\s_-])(?:byline|author)(?:$|[\s_-])", r"related|^shar")
PATTERNS = tuple(NamePattern(source) for source in SOURCES)
names = st.text("abcrtuhomensylid _-", max_size=30) | st.sampled_from(
    ("comments", "commentary", "post-author vcard", "shared", "the-share", "unrelated")
)


@given(names)
def test_all_patterns_at_once_say_what_each_says_alone(name: str) -> None:
    found = matching(name)
    for source, pattern in zip(SOURCES, PATTERNS, strict=True):
        assert (pattern.number in found) == (re.search(source, name) is not None)


def test_a_pattern_that_came_later_is_tried_on_what_was_seen_before() -> None:
    shown = page('<p class="seen-before">One</p><p class="other">Two</p>')
    assert shown.classed(NamePattern("^other$"))[0].text == "Two"
    before = count()
    assert shown.classed(NamePattern("seen"))[0].text == "One"
    assert count() == before + 1


def test_a_pattern_that_needs_more_than_linear_time_is_refused_at_once() -> None:
    with pytest.raises(re2.error):
        NamePattern(r"comment(?!ary)")
