"""Small pages written for these tests: nobody's text but ours."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.reading import Page
from crawler.site import Layout, Site

URL = "https://panublion.example/2026/05/02/ferry-service-resumes/"
FETCHED_AT = datetime(2026, 5, 4, 2, 0, tzinfo=UTC)
PAGES = Path(__file__).resolve().parent.parent / "pages"
TITLE = "Ferry service to Isla Verde resumes after repairs"
PARAGRAPHS = (
    "The morning ferry to Isla Verde sailed again on Friday after three weeks in the dock, and the pier was full.",
    "The provincial engineer said that both engines had been taken apart and that the hull had been painted at a yard.",
    "Fares stay as they are until the end of June, and a second boat will sail on market days if enough people ask.",
    "The mayor thanked the workers, who had stayed through the rain, and said the school boat comes back on Monday.",
    "Boxes of fish stood ready before dawn, and the first of them was on the market in the capital by nine.",
    "Nobody was hurt when the engine failed in April, but forty passengers had spent a night on the open water then.",
)
SITE = Site(
    name="panublion",
    title="Panublion Daily",
    url="https://panublion.example/",
    country="PH",
    languages=("en", "hil", "tl"),
    timezone="Asia/Manila",
)


def page(body: str = "", *, head: str = "", url: str = URL, lang: str = "en", body_class: str = "") -> Page:
    """Return a page with this inside."""
    source = f'<!doctype html><html lang="{lang}"><head>{head}</head><body class="{body_class}">{body}</body></html>'
    return Page.parse(source.encode(), url, "utf-8", FETCHED_AT)


def story(
    extra: str = "", *, meta: str = "", head: str = "", body_class: str = "", inside: str = "", url: str = URL
) -> Page:
    """Return a page with a story: ``meta`` behind the headline, ``inside`` behind the text, ``extra`` after it all."""
    text = "".join(f"<p>{line}</p>" for line in PARAGRAPHS)
    article = f'<article><h1>{TITLE}</h1>{meta}<div class="entry-content">{text}{inside}</div></article>{extra}'
    return page(
        f"<main>{article}</main>",
        head=f"<title>{TITLE} - Panublion Daily</title>{head}",
        body_class=body_class,
        url=url,
    )


def json_ld(**values: Any) -> str:
    """Return a JSON-LD script with one article node."""
    node = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": TITLE, **values}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def site(**layout: Any) -> Site:
    """Return the site with these selectors."""
    return replace(SITE, read=Layout(**layout))
