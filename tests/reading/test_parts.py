import pytest

from crawler.errors import ReadingError
from crawler.reading import Page, read
from crawler.reading.parts import is_further, parts_of
from crawler.site import Site
from tests.crawling import story

SITE = Site.unknown("https://panublion.example/")
STORY = "https://panublion.example/2026/10/01/flood/"


def page(url: str, *links: str, head: str = "") -> Page:
    body = "".join(links)
    return Page.parse(f"<html><head>{head}</head><body><main>{body}</main></body></html>".encode(), url, "utf-8")


def link(address: str, told: str = "2") -> str:
    return f'<a href="{address}">{told}</a>'


@pytest.mark.parametrize(
    ("url", "links", "parts"),
    [
        (STORY, [link("2/"), link("/2026/10/01/flood/3/", "3")], [f"{STORY}2/", f"{STORY}3/"]),
        (STORY, [link("page/2/")], [f"{STORY}page/2/"]),
        (STORY, [link("?page=2", "next"), link("?page=3", "last")], [f"{STORY}?page=2", f"{STORY}?page=3"]),
        (f"{STORY}?id=7", [link("?id=7&pg=2&utm_source=x")], [f"{STORY}?id=7&pg=2"]),
        ("https://x.example/a.html", [link("a-2.html")], ["https://x.example/a-2.html"]),
        ("https://x.example/a.html", [link("a-2.html", "Flood, part two")], []),  # may be another story
        (STORY, [link("3/", "3")], []),  # nobody says where the second is
        (STORY, [link("/2026/10/01/fire/2/"), link("/2026/10/2/"), link("?p=2"), link("comment-page-2/")], []),
        (STORY, ['<ol id="comments"><li><a href="?page=2">2</a></li></ol>'], []),
        (STORY, [link("http://[bad/2/"), link("12345/"), link("1/", "1")], []),
    ],
)
def test_the_parts_of_a_story_have_its_address_and_a_number(url, links, parts):
    assert list(parts_of([page(url, *links)])) == parts


def test_parts_may_be_named_one_by_one_and_end_at_a_bound():
    first = page(STORY, head=f'<link rel="next" href="{STORY}2/">')
    second = page(f"{STORY}2/", head=f'<link rel="next" href="{STORY}3/">')
    assert parts_of([first, second]) == (f"{STORY}2/", f"{STORY}3/")
    many = page(STORY, *(link(f"{number}/", str(number)) for number in range(2, 60)))
    assert len(parts_of([many])) == 19


def test_a_further_page_is_known_by_its_number_and_its_way_back():
    assert is_further(page(f"{STORY}2/", link(STORY, "1")))
    assert is_further(page(f"{STORY}?page=3", head=f'<link rel="canonical" href="{STORY}">'))
    assert is_further(page(f"{STORY}2/", head=f'<link rel="prev" href="{STORY}">'))
    assert not is_further(page(STORY, link(f"{STORY}2/")))
    assert not is_further(page("https://x.example/news/7/", link("/news/", "News")))  # a story's own number
    assert not is_further(page("https://x.example/flood-2/", head='<link rel="canonical" href="/flood-2/">'))


def test_a_story_on_several_pages_is_read_as_one_and_what_pages_repeat_once():
    pager = f'<p class="page-links">{link(STORY, "1")} {link(f"{STORY}2/")}</p></article>'
    first = story("The flood", paragraphs=3).replace(b"</article>", pager.encode())
    second = story("The flood", paragraphs=5).replace(b"</article>", pager.encode())
    pages = [Page.parse(first, STORY, "utf-8"), Page.parse(second, f"{STORY}2/", "utf-8")]
    alone, whole = read(pages[0], SITE), read(pages[0], SITE, pages[1:])
    assert [part.url for part in alone.parts] == [part.url for part in whole.parts] == [f"{STORY}2/"]
    assert len(alone.paragraphs) == 3
    assert [text.partition(".")[0] for text in whole.paragraphs] == [f"The flood, part {n}" for n in range(5)]
    with pytest.raises(ReadingError, match="a further page of a story"):
        read(pages[1], SITE)
