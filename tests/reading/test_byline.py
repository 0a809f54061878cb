import pytest

from archive.records import Author
from crawler.reading import Page, byline
from crawler.site import Site
from tests.reading.build import SITE, TITLE, json_ld, page, story


def read(made: Page, site: Site = SITE) -> tuple[list[str], str | None, str]:
    authors, printed, source = byline.byline_of(made, site)
    return [author.name for author in authors], printed, source


def test_json_ld_is_trusted_before_meta_and_the_page() -> None:
    made = story(
        head=json_ld(author=[{"@type": "Person", "name": "Ana Cruz", "url": "/author/ana"}])
        + '<meta name="author" content="Ben Reyes">'
    )
    authors, _, source = byline.byline_of(made, SITE)
    assert (authors[0].name, authors[0].url, source) == ("Ana Cruz", "https://panublion.example/author/ana", "json-ld")


def test_a_house_never_stands_beside_a_person() -> None:
    made = story(
        head=json_ld(
            author=[{"@type": "Organization", "name": "Panublion Daily"}, {"@type": "Person", "name": "Ana Cruz"}]
        )
    )
    assert read(made)[0] == ["Ana Cruz"]


def test_where_structured_data_names_the_house_the_visible_person_is_taken() -> None:
    made = story(
        meta='<p class="byline">By Ana Cruz</p>',
        head=json_ld(author={"@type": "Organization", "name": "Panublion Daily"}),
    )
    assert read(made) == (["Ana Cruz"], "By Ana Cruz", "dom .byline")


def test_where_nobody_else_is_named_the_house_is_kept_as_an_organisation() -> None:
    authors, _, source = byline.byline_of(
        story(head=json_ld(author={"@type": "Organization", "name": "Reuters"})), SITE
    )
    assert [(author.name, author.kind) for author in authors] == [("Reuters", "organisation")]
    assert source == "json-ld"


def test_a_person_marked_as_an_organisation_is_a_person() -> None:
    authors, _, _ = byline.byline_of(story(head=json_ld(author={"@type": "Organization", "name": "Ana Cruz"})), SITE)
    assert authors[0].kind == "person"


def test_admin_is_nobody() -> None:
    assert read(story(head='<meta name="author" content="admin">')) == ([], None, "")


def test_an_address_in_article_author_is_no_name() -> None:
    assert read(story(head='<meta property="article:author" content="https://facebook.example/x">'))[0] == []


def test_the_twitter_card_names_the_author_where_its_label_says_so() -> None:
    card = '<meta name="twitter:label1" content="{}"><meta name="twitter:data1" content="Ana Cruz">'
    assert read(story(head=card.format("Written by")))[2] == "meta twitter:data1"
    assert read(story(head=card.format("Reading time")))[0] == []


@pytest.mark.parametrize(
    ("meta", "names"),
    [
        ('<a rel="author" href="/author/ana">Ana Cruz</a>', ["Ana Cruz"]),
        ('<span itemprop="author"><span itemprop="name">Ana Cruz</span></span>', ["Ana Cruz"]),
        ('<div class="author">Ana Cruz, 2 May 2026</div>', ["Ana Cruz"]),
        ('<div class="article-byline"><span>Ana Cruz</span><span>Ben Reyes</span></div>', ["Ana Cruz", "Ben Reyes"]),
        ("<p>By Ana Cruz</p>", ["Ana Cruz"]),
        ("<p><strong>Autor</strong> Ana Cruz</p>", ["Ana Cruz"]),
        ("<byline>Von Ana Cruz, dpa</byline>", ["Ana Cruz"]),
        ("<story-author>Ana Cruz</story-author>", ["Ana Cruz"]),
        ("<p>Von Ana Cruz aus Roxas</p>", ["Ana Cruz"]),
        ("<p><strong>Ana Cruz/Ben Reyes</strong></p>", ["Ana Cruz", "Ben Reyes"]),
        ('<span class="vcard"><a class="url fn" rel="author">anacruz</a></span>', ["anacruz"]),
    ],
)
def test_a_visible_byline_is_read(meta: str, names: list[str]) -> None:
    assert read(story(meta=meta))[0] == names


@pytest.mark.parametrize(
    "extra",
    [
        '<aside><span class="author">Ben Reyes</span></aside>',
        '<ol class="comment-list"><li><cite class="author">Ben Reyes</cite></li></ol>',
        '<li><h3><a href="/other/">Another story of the day</a></h3><span class="author">Ben Reyes</span></li>',
    ],
)
def test_names_of_other_stories_and_of_commenters_are_not_taken(extra: str) -> None:
    assert read(story(extra))[0] == []


def test_a_last_name_is_completed_by_the_visible_byline() -> None:
    assert read(story(meta='<p class="author">By Ana Cruz</p>', head=json_ld(author="Cruz")))[0] == ["Ana Cruz"]


def test_the_printed_byline_is_kept_as_printed() -> None:
    made = story(meta='<p class="byline">By Ana Cruz, Valley correspondent</p>', head=json_ld(author="Ana Cruz"))
    assert read(made)[1] == "By Ana Cruz, Valley correspondent"


def test_a_bold_subhead_is_no_author() -> None:
    assert read(page(f"<h1>{TITLE}</h1><p><strong>What happens next?</strong></p>"))[0] == []


def test_the_sites_own_selector_is_read_as_printed() -> None:
    authors, printed = byline.stated(story(meta='<i class="who">Ni Ana Cruz</i>'), SITE, ".who")
    assert ([author.name for author in authors], printed) == (["Ana Cruz"], "Ni Ana Cruz")
    assert byline.stated(story(), SITE, ".who") == ((), None)


def test_only_a_line_that_is_nothing_else_is_a_byline() -> None:
    assert byline.is_byline("By Ana Cruz")
    assert not byline.is_byline("By Friday the river had risen.")
    assert not byline.is_byline("Ana Cruz")


def test_each_of_several_marked_names_in_one_byline_is_an_author() -> None:
    names = "".join(
        f'<span itemprop="author"><span itemprop="name">{name}</span></span>, '
        for name in ("Артём Пелевин", "Анна Орлова")
    )
    told = page(f'<article><h1>{TITLE}</h1><div class="author">Авторы: {names}</div></article>', lang="ru")
    assert [author.name for author in byline.byline_of(told, SITE)[0]] == ["Артём Пелевин", "Анна Орлова"]


def test_joomla_prints_the_byline_in_a_definition_list() -> None:
    told = page(
        f'<h1>{TITLE}</h1><dl class="article-info"><dd class="createdby"> Written by <span>Ana Reyes</span></dd></dl>'
    )
    assert [author.name for author in byline.byline_of(told, SITE)[0]] == ["Ana Reyes"]
    assert byline.byline_of(told, SITE)[1] == "Written by Ana Reyes"


def test_a_news_office_is_an_organisation_in_filipino_too() -> None:
    told = page(f'<article><h1>{TITLE}</h1><p class="byline">Ni Tanggapan ng Balita</p></article>', lang="tl")
    assert [(author.name, author.kind) for author in byline.byline_of(told, SITE)[0]] == [
        ("Tanggapan ng Balita", "organisation")
    ]


def test_an_agency_may_stand_beside_a_person() -> None:
    authors = [{"@type": "Person", "name": "Ana Cruz"}, {"@type": "Organization", "name": "Reuters"}]
    assert read(story(head=json_ld(author=authors)))[0] == ["Ana Cruz", "Reuters"]


def test_an_agency_says_more_than_the_papers_own_name() -> None:
    head = json_ld(author={"@type": "Organization", "name": "Panublion Daily"})
    made = story(head=f'{head}<meta name="articleauthor" content="Anadolu Ajansı">')
    assert read(made)[0] == ["Anadolu Ajansı"]


def test_the_initials_of_an_agency_are_not_completed() -> None:
    made = story(meta='<p class="author">SID Nachrichtenagentur</p>', head=json_ld(author="SID"))
    assert read(made)[0] == ["SID"]


def test_who_is_called_the_editor_is_not_the_author() -> None:
    meta = '<div class="author-2">Ben Reyes</div><div class="info-author">Editor : Ana Cruz</div>'
    assert read(story(meta=meta, head=json_ld(author="Ana Cruz")))[0] == ["Ben Reyes"]


def test_bylines_side_by_side_are_all_read_where_structured_data_names_one() -> None:
    meta = '<div><p class="byline">Ben Reyes</p><p class="byline">Ana Cruz</p></div>'
    assert read(story(meta=meta, head=json_ld(author="Ana Cruz")))[0] == ["Ben Reyes", "Ana Cruz"]


def test_a_byline_that_names_more_than_structured_data_is_taken() -> None:
    made = story(meta='<p class="author">By Ana Cruz, Ben Reyes</p>', head=json_ld(author="Ana Cruz"))
    assert read(made)[0] == ["Ana Cruz", "Ben Reyes"]


def test_a_byline_that_says_the_same_ends_the_search_for_more() -> None:
    more = '<p class="author">Ana Cruz, Ben Reyes, Carla Sy</p>'
    made = story(meta='<p class="author">Ana Cruz</p>', inside=more, head=json_ld(author="Ana Cruz"))
    assert read(made)[0] == ["Ana Cruz"]


def test_initials_count_where_the_page_marks_them_as_its_author() -> None:
    assert read(story(inside='<p>Radio; <span itemprop="author">pan/hosb;kesm</span></p>'))[0] == ["pan/hosb", "kesm"]


def test_a_lead_with_a_name_and_a_date_on_one_line_is_a_byline() -> None:
    made = story(meta="<div>Ein Artikel von <strong>Eva Roth</strong> | 27.01.2022 - 12:45</div>")
    assert read(made)[0] == ["Eva Roth"]
    assert read(story(meta='<address>By <a href="/ana">Ana Cruz</a></address>'))[0] == ["Ana Cruz"]


def test_the_date_in_a_byline_is_no_name() -> None:
    meta = '<time class="article-author-date">Thursday, 4 November 2021</time><p class="author">by Ana Cruz</p>'
    assert read(story(meta=meta))[0] == ["Ana Cruz"]


@pytest.mark.parametrize(
    ("told", "printed"),
    [
        ("Ana Cruz, 21. Jan. 2015 Rating 3.17 12 votes", "Ana Cruz"),
        ("02.02.2022, 11:30 Uhr von Ana Cruz", "von Ana Cruz"),
        ("By Ana Cruz Deputy Editor", "By Ana Cruz Deputy Editor"),
        ("von Ana Cruz, Online-Redaktion Veröffentlicht: 26.12.2022", "von Ana Cruz, Online-Redaktion"),
        ("Ana Cruz MORE FROM Ana Cruz", "Ana Cruz"),
        ("By Ana Cruz ana@panublion.example (509) 459", "By Ana Cruz"),
        ("Somebody else", "Somebody else"),
    ],
)
def test_a_printed_byline_ends_where_the_byline_ends(told: str, printed: str) -> None:
    assert byline.without_dress(told, [Author(name="Ana Cruz")], frozenset()) == printed
