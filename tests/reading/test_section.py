from crawler.reading.section import section_of
from tests.reading.build import TITLE, URL, page

HEADLINE = f"<h1>{TITLE}</h1>"
CRUMBS = f'<div class="breadcrumbs"><a href="/">Home</a> <a href="/news/">News</a> <a href="{URL}">{TITLE}</a></div>'


def test_wordpress_marks_the_link_of_the_section() -> None:
    told = f'<article>{HEADLINE}<a href="/category/local/" rel="category tag">Local</a>{CRUMBS}</article>'
    assert section_of(page(told)) == ("Local", "dom rel=category")


def test_joomla_and_themes_name_it_by_a_class_beside_the_headline() -> None:
    joomla = f'{HEADLINE}<dl><dd class="category-name">Category: <a href="/sections/farm">Farm and Market</a></dd></dl>'
    assert section_of(page(joomla)) == ("Farm and Market", "dom category")
    kicker = f'<article><p class="kicker"><a href="/category/kabuhayan/">Kabuhayan</a></p>{HEADLINE}</article>'
    assert section_of(page(kicker)) == ("Kabuhayan", "dom category")


def test_breadcrumbs_end_with_it_before_the_story_itself() -> None:
    assert section_of(page(CRUMBS + HEADLINE)) == ("News", "dom breadcrumbs")


def test_the_section_of_another_story_in_the_sidebar_is_not_taken() -> None:
    told = f'{HEADLINE}<aside class="sidebar"><a href="/category/sports/" rel="category tag">Sports</a></aside>'
    assert section_of(page(told)) == (None, "")


def test_a_page_that_prints_no_section_has_none() -> None:
    bare = page(f'<div class="breadcrumb"><a href="/">Home</a></div>{HEADLINE}')
    assert section_of(bare) == (None, "")
