from datetime import UTC, datetime

import pytest

from crawler.discovery.sections import month_archives, page_number, read_section, sections_in_page
from crawler.errors import ListingError

SITE = "https://panublion.example"
PAGE = f"{SITE}/category/news/"


def page(*anchors: str, head: str = "", menu: str = "") -> bytes:
    return f"<html><head>{head}</head><body><nav>{menu}</nav><main>{''.join(anchors)}</main></body></html>".encode()


def a(address: str, text: str = "A story", **more: str) -> str:
    told = "".join(f' {name.rstrip("_")}="{value}"' for name, value in more.items())
    return f'<a href="{address}"{told}>{text}</a>'


def test_links_come_in_order_once_each_and_without_menus_and_footers() -> None:
    body = page(
        a("/2026/10/flood/", ""),
        f"<article><header><h2>{a('/2026/10/flood/', ' The  flood ')}</h2></header></article>",
        a("/2026/09/bridge/?utm_source=front"),
        a("mailto:desk@panublion.example"),
        a("#top"),
        a("http://[broken"),
        f'<ul class="main-menu">{a("/sports/")}</ul><footer>{a("/privacy/")}</footer>',
        menu=a("/business/"),
    )
    links = read_section(body, PAGE).links
    assert [link.url for link in links] == [f"{SITE}/2026/10/flood/", f"{SITE}/2026/09/bridge/"]
    assert links[0].title == "The flood"


@pytest.mark.parametrize(
    ("anchor", "url", "following"),
    [
        (a("/category/news/page/2/", "2", rel="next"), PAGE, f"{PAGE}page/2/"),
        (a("/sections/news?start=10", "Next"), f"{SITE}/sections/news", f"{SITE}/sections/news?start=10"),
        (a("?page=4", "4") + a("?page=2", "2"), f"{PAGE}?page=3", f"{PAGE}?page=4"),
        (a("page/3/", "3") + a("page/2/", "2"), PAGE, f"{PAGE}page/2/"),
        (a("/category/news/page/2/", "Susunod »"), PAGE, f"{PAGE}page/2/"),
        (a("/category/news/page/2/", "Вперед"), PAGE, f"{PAGE}page/2/"),
        (a("/category/news/page/3/", "‹ Newer", class_="next"), f"{PAGE}page/4/", None),  # it leads back
        (a("/2026/10/flood/", "Next"), PAGE, None),  # the next story of a slide show
        (a("https://other.example/page/2/", "Next"), PAGE, None),
        (a("/category/sports/page/2/", "2"), PAGE, None),  # another list's
    ],
)
def test_the_next_page_is_found_as_it_is_marked_called_or_numbered(anchor: str, url: str, following: str) -> None:
    assert read_section(page(anchor), url).more == ((following,) if following else ())


def test_a_page_number_is_read_off_path_or_query() -> None:
    told = ("/", "/page/3/", "/news/p-4", "/?paged=5", "/news?start=30", "/news/2026/")
    assert [page_number(f"{SITE}{path}") for path in told] == [1, 3, 4, 5, 30, 1]


def test_what_is_no_page_is_refused() -> None:
    with pytest.raises(ListingError, match="nothing in it"):
        read_section(b"", PAGE)
    assert sections_in_page(b"", PAGE) == ()


def test_a_front_page_s_menu_names_the_sections() -> None:
    menu = "".join(map(a, ("/news/", "/category/sports/", "/about-us/", "/tag/x/", "/2026/10/flood/", "/a/b/c/",
                           "https://facebook.com/panublion", "/news/", "/?s=", "/privacy-policy/")))  # fmt: skip
    assert sections_in_page(page(a("/opinion/"), menu=menu), f"{SITE}/") == (
        f"{SITE}/news/",
        f"{SITE}/category/sports/",
    )


def test_monthly_archives_run_from_the_newest_to_the_oldest_month() -> None:
    first, last = datetime(2025, 11, 20, tzinfo=UTC), datetime(2026, 1, 31, tzinfo=UTC)
    assert month_archives(SITE, first, last) == tuple(f"{SITE}/{month}/" for month in ("2026/01", "2025/12", "2025/11"))
