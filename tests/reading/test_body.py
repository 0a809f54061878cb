import pytest

from archive.records import Author, Profile
from crawler.reading import body
from crawler.reading.dates import Clock
from tests.reading.build import PARAGRAPHS, SITE, TITLE, json_ld, page, story

NOBODY = body.Known(headlines=frozenset(), names=frozenset(), biographies=())
CLOCK = Clock.of(page(), SITE)


def test_the_paragraphs_come_in_order_as_printed() -> None:
    assert body.paragraphs_of(story(), []) == PARAGRAPHS


def test_menus_sidebars_and_comments_stay_out() -> None:
    around = (
        "<nav>Local Sports</nav><aside>Most read this week</aside>"
        '<div id="comments"><p>What a nice boat this is, my friends!</p></div>'
    )
    assert body.paragraphs_of(story(around), []) == PARAGRAPHS


@pytest.mark.parametrize(
    "name", ["jnews_inline_related_post", "related-posts", "sharedaddy", "read-also", "td-post-sharing-top"]
)
def test_boxes_inside_the_content_stay_out(name: str) -> None:
    box = f'<div class="{name}"><p>Another story of the day that somebody may like to read after this one.</p></div>'
    assert body.paragraphs_of(story(inside=box), []) == PARAGRAPHS


def test_counters_inside_the_content_stay_out() -> None:
    assert body.paragraphs_of(story(inside='<div class="post-views-count">Post Views: 12</div>'), []) == PARAGRAPHS


def test_a_short_text_is_given_to_the_full_cascade() -> None:
    made = page("<h1>Pier</h1><div><p>The pier is open again.</p></div>")
    assert "The pier is open again." in body.paragraphs_of(made, [])


@pytest.mark.parametrize(
    "line",
    [
        "Read more: Pier to get new lights",
        "Related: Nets found on the reef",
        "Basahin din: Bagong ilaw sa pantalan",
        "Lesen Sie auch: Neue Lampen am Hafen",
        "Our Standards: how we work",
        "(Reporting by Ana Cruz)",
        "Теги: пристань, паром",
        "Tags",
        "Anzeige",
        "広告",
        "Post Views: 12",
        "By Ana Cruz",
        "",
    ],
)
def test_lines_that_are_no_part_of_the_story_are_dropped(line: str) -> None:
    assert body.filtered([PARAGRAPHS[0], line, PARAGRAPHS[1]], NOBODY, CLOCK) == PARAGRAPHS[:2]


def test_what_the_page_says_elsewhere_is_not_said_again() -> None:
    bio = "Ana Cruz has reported on the harbour and its people for twenty years."
    known = body.Known.of(story(), TITLE, (Author(name="Ana Cruz"),), (Profile(name="Ana Cruz", text=bio),))
    lines = [TITLE, "Ana Cruz, May 2", "May 2, 2026", PARAGRAPHS[0], bio, "Ana Cruz"]
    assert body.filtered(lines, known, CLOCK) == PARAGRAPHS[:1]


def test_prose_that_begins_like_furniture_stays() -> None:
    line = (
        "Read more than ten books a year and you belong to the best fifth of the island, said the librarian, "
        "who counts them all every winter and has for long."
    )
    assert body.filtered([line], NOBODY, CLOCK) == (line,)


@pytest.mark.parametrize("line", ["Anzeige gegen den Fahrer erstattete am Abend niemand.", "Tags hang on every crate."])
def test_a_sentence_that_begins_like_a_label_stays(line: str) -> None:
    assert body.filtered([line], NOBODY, CLOCK) == (line,)


@pytest.mark.parametrize(
    "name", ["infobox", "fact-box", "key-takeaways", "bullet-points", "access-wall", "show-comments"]
)
def test_boxes_that_explain_or_sell_stay_out(name: str) -> None:
    box = (
        f'<div class="{name}"><p>The ferry is forty metres long and carries two hundred people on two decks.</p></div>'
    )
    assert body.paragraphs_of(story(inside=box), []) == PARAGRAPHS


def test_a_page_laid_out_in_a_table_is_read_cell_by_cell() -> None:
    cells = f"<td><a href='/'>Front</a></td><td><h1>{TITLE}</h1><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p></td>"
    made = page(f"<table><tr>{cells}</tr></table>", head=f"<title>{TITLE}</title>")
    assert set(PARAGRAPHS[:2]) <= set(body.paragraphs_of(made, []))


def test_a_long_paragraph_that_stands_there_twice_is_kept_once() -> None:
    assert body.filtered([PARAGRAPHS[0], PARAGRAPHS[1], PARAGRAPHS[0]], NOBODY, CLOCK) == PARAGRAPHS[:2]


def test_the_article_body_of_structured_data_drops_long_lines_it_does_not_know() -> None:
    foreign = (
        "A second story below the first one speaks of quite other things, of rice and of roads, of rain and of wind."
    )
    head = json_ld(articleBody=" ".join(PARAGRAPHS))
    assert foreign not in body.paragraphs_of(story(inside=f"<p>{foreign}</p>", head=head), [])


def test_the_article_body_of_structured_data_rescues_a_page_without_text() -> None:
    made = page(
        f"<h1>{TITLE}</h1><p>Loading the story, please wait.</p>", head=json_ld(articleBody="\n\n".join(PARAGRAPHS))
    )
    assert body.paragraphs_of(made, []) == PARAGRAPHS


def test_an_article_body_that_is_another_text_changes_nothing() -> None:
    half = " ".join(PARAGRAPHS[:3]) + " " + " ".join(reversed(" ".join(PARAGRAPHS[3:]).split()))
    assert body.paragraphs_of(story(head=json_ld(articleBody=half)), []) == PARAGRAPHS


def test_the_sites_own_selector_gives_its_blocks() -> None:
    made = page('<div class="post">Lead in bold<br>and more<p>One.</p><ul><li>Two</li></ul><p> </p></div>')
    assert body.stated(made, ".post") == ("Lead in bold and more", "One.", "Two")


def _filtered(*lines: str, headlines: frozenset[str] = frozenset()) -> tuple[str, ...]:
    known = body.Known(headlines=headlines, names=frozenset(), biographies=())
    return body.filtered(lines, known, CLOCK)


def test_the_headline_with_its_kicker_before_it_is_no_line() -> None:
    known = frozenset({"ferryservicetoislaverderesumesafterrepairs"})
    assert _filtered(f"Islands and ports:{TITLE}", *PARAGRAPHS, headlines=known) == PARAGRAPHS


@pytest.mark.parametrize(
    "line",
    [
        "17:41 PST, October 13, 2026",
        "segunda-feira, 22 de janeiro de 2026 às 0:13",
        "2026年1月14日 01時28分 (1月14日 01時40分更新)",
        "Uppdaterad 15.59 | Publicerad 14.14",
        "From our desk at the old pier, 2026, at 08:15",
    ],
)
def test_a_line_of_date_and_time_at_the_top_is_no_line(line: str) -> None:
    assert _filtered(line, *PARAGRAPHS) == PARAGRAPHS


def test_a_sentence_with_a_time_and_a_year_at_the_top_stays() -> None:
    line = "The first boat of 2026 left the old pier at 7:15 on Friday, with forty people and a goat on board."
    assert _filtered(line, *PARAGRAPHS) == (line, *PARAGRAPHS)


@pytest.mark.parametrize(
    "line",
    [
        "Sign up and get our morning newsletter, written by people who know the islands and their boats.",
        "Unser Newsletter kommt jeden Morgen kostenlos zu Ihnen, von Menschen, die die Inseln kennen.",
        "Copyright © 2026 Panublion Daily",
        "© Panublion Daily, 2026",
    ],
)
def test_what_a_paper_says_of_itself_at_the_end_is_no_line(line: str) -> None:
    assert _filtered(*PARAGRAPHS, line) == PARAGRAPHS


def test_one_such_word_says_nothing() -> None:
    line = "The parish newsletter had told everyone on Sunday that the boat would sail again before the fiesta."
    assert _filtered(*PARAGRAPHS, line) == (*PARAGRAPHS, line)


def test_a_live_blog_is_read_up_to_its_first_update() -> None:
    update = "The harbour master has just opened the second pier, and the queue in front of it is long."
    posting = {"@type": "BlogPosting", "headline": "Second pier opens", "articleBody": update}
    inside = f"<h2>Second pier opens</h2><p>{update}</p><p>An older one that the data does not name any more.</p>"
    head = json_ld(**{"@type": "LiveBlogPosting", "liveBlogUpdate": [posting]})
    assert body.paragraphs_of(story(inside=inside, head=head), []) == PARAGRAPHS


def test_a_live_blog_without_a_text_of_its_own_keeps_its_updates() -> None:
    posting = {"@type": "BlogPosting", "headline": "The pier is full", "articleBody": PARAGRAPHS[0]}
    head = json_ld(**{"@type": "LiveBlogPosting", "liveBlogUpdate": [posting]})
    assert body.paragraphs_of(story(head=head), []) == PARAGRAPHS


def test_a_live_blog_whose_updates_have_no_headlines_is_cut_at_the_first_of_their_texts() -> None:
    update = "The harbour master has just opened the second pier, and the queue in front of it is long."
    inside = f"<p>{update}</p><p>An older one that the data does not name any more.</p>"
    head = json_ld(**{"@type": "LiveBlogPosting", "liveBlogUpdate": [{"@type": "BlogPosting", "articleBody": update}]})
    assert body.paragraphs_of(story(inside=inside, head=head), []) == PARAGRAPHS


def test_the_markup_in_an_article_body_is_no_text() -> None:
    told = "".join(f"<p>{line} <b>&amp;</b></p>" for line in PARAGRAPHS)
    made = page(f"<h1>{TITLE}</h1><p>Loading the story, please wait.</p>", head=json_ld(articleBody=told))
    assert body.paragraphs_of(made, []) == tuple(f"{line} &" for line in PARAGRAPHS)


def test_a_line_that_begins_with_a_longer_word_than_a_label_stays() -> None:
    line = "Jetzt lesende Kinder haben es später leichter, sagt die Schule am Fluss."
    assert _filtered(*PARAGRAPHS[:5], line) == (*PARAGRAPHS[:5], line)
    assert _filtered(*PARAGRAPHS[:5], "Jetzt lesen: Kinder am Fluss") == PARAGRAPHS[:5]
