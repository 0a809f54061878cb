import pytest

from crawler.discovery.sections import read_section

PAGE = "https://panublion.example/news/"


def counters(markup):
    listing = read_section(f"<html><body>{markup}</body></html>".encode(), PAGE)
    return {link.url.rsplit("/", 2)[1]: [(found.metric, found.value) for found in link.counters]
            for link in listing.links if link.counters}  # fmt: skip


def module(name, inside):
    address = f"/2026/11/02/{name}/"
    return f"<article><h3><a href='{address}'>A story of the {name} in town</a></h3>{inside}</article>"


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ("<span class='post-views'>1,234</span>", [("views", 1234)]),
        ("<span>1.2K views</span>", [("views", 1200)]),
        ("<div class='meta'><a href='/2026/11/02/flood/#comments'>7 Comments</a></div>", [("comments", 7)]),
        (
            "<p><span class='td-module-comments'><a href='/2026/11/02/flood/#respond'>4</a></span></p>",
            [("comments", 4)],
        ),
        ("<span>12 views</span> <span>3 comments</span>", [("views", 12), ("comments", 3)]),
    ],
)
def test_a_number_beside_the_link_to_a_story_is_its_own(inside, found):
    assert counters(module("flood", inside) + module("bridge", "")) == {"flood": found}


@pytest.mark.parametrize(
    "inside",
    ["<span class='post-views'>0</span>", "<span class='comments-count'>0</span>", "<time>12 November 2026</time>",
     "<span class='views'>5 min read</span>", "<p>He was seen by 400 people who had views of their own on it.</p>"],
)  # fmt: skip
def test_a_placeholder_a_date_and_prose_are_no_counter(inside):
    assert counters(module("flood", inside)) == {}


def test_a_number_that_stands_beside_two_stories_is_nobody_s():
    both = module("flood", "") + module("bridge", "")
    assert counters(f"<section>{both}<span>12 views</span></section>") == {}
