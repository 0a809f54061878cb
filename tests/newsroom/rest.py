"""The WordPress REST API, as far as a crawler asks it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.newsroom.markup import esc, paragraphs
from tests.newsroom.responses import Response, listing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.newsroom.newsroom import Newsroom
    from tests.newsroom.papers import Paper
    from tests.newsroom.stories import Edition, Story

_JSON = "application/json; charset=UTF-8"
_POSTS = "/wp-json/wp/v2/posts"
_ORDERS: dict[str, Callable[[tuple[Story, Edition]], Any]] = {
    "date": lambda both: both[0].published,
    "modified": lambda both: both[1].modified,
    "id": lambda both: both[0].id,
    "title": lambda both: both[1].title,
    "slug": lambda both: both[1].slug,
}


class ParameterError(ValueError):
    """A parameter of the request is not what WordPress takes."""


def rest(newsroom: Newsroom, paper: Paper, path: str, query: Mapping[str, str]) -> Response:
    """Return the answer to any path under /wp-json/."""
    if path.rstrip("/") == "/wp-json":
        return _answer(_home(newsroom, paper))
    if path.rstrip("/") == _POSTS:
        try:
            return _posts(newsroom, paper, query)
        except ParameterError as problem:
            return _error(400, "rest_invalid_param", f"Invalid parameter(s): {problem}")
    if path.startswith(f"{_POSTS}/") and path.rstrip("/").rsplit("/", 1)[1].isdigit():
        return _post(newsroom, paper, int(path.rstrip("/").rsplit("/", 1)[1]), query)
    return _error(404, "rest_no_route", "No route was found matching the URL and request method.")


def _home(newsroom: Newsroom, paper: Paper) -> dict[str, Any]:
    return {
        "name": paper.title,
        "description": paper.motto,
        "url": newsroom.bases[paper.name],
        "home": newsroom.bases[paper.name],
        "timezone_string": paper.timezone,
        "namespaces": ["oembed/1.0", "wp/v2"],
        "routes": {"/": {"methods": ["GET"]}, "/wp/v2/posts": {"methods": ["GET", "POST"]}},
    }


def _posts(newsroom: Newsroom, paper: Paper, query: Mapping[str, str]) -> Response:
    page, size = _whole(query, "page", 1, 10**6), _whole(query, "per_page", 10, 100)
    found = _select(newsroom, paper, query)
    pages = -(-len(found) // size)
    if page > 1 and page > pages:
        message = "The page number requested is larger than the number of pages available."
        return _error(400, "rest_post_invalid_page_number", message)
    chosen = found[(page - 1) * size : page * size]
    posts = [_fields(_record(newsroom, paper, story, edition, "_embed" in query), query) for story, edition in chosen]
    return _answer(posts, (("X-WP-Total", str(len(found))), ("X-WP-TotalPages", str(pages))))


def _select(newsroom: Newsroom, paper: Paper, query: Mapping[str, str]) -> list[tuple[Story, Edition]]:
    found = newsroom.live(paper.name)
    for name, field in (("after", "date"), ("modified_after", "modified")):
        if name in query:
            limit = _instant(paper, query, name)
            found = [both for both in found if _ORDERS[field](both) > limit]
    for name, field in (("before", "date"), ("modified_before", "modified")):
        if name in query:
            limit = _instant(paper, query, name)
            found = [both for both in found if _ORDERS[field](both) < limit]
    if "slug" in query:
        found = [both for both in found if both[1].slug in query["slug"].split(",")]
    orderby, order = query.get("orderby", "date"), query.get("order", "desc")
    if orderby not in _ORDERS or order not in {"asc", "desc"}:
        raise ParameterError("orderby" if orderby not in _ORDERS else "order")
    return sorted(found, key=_ORDERS[orderby], reverse=order == "desc")


def _whole(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    value = query.get(name, str(default))
    if not value.isdigit() or not 1 <= int(value) <= most:
        raise ParameterError(name)
    return int(value)


def _instant(paper: Paper, query: Mapping[str, str], name: str) -> datetime:
    try:
        value = datetime.fromisoformat(query[name].replace(" ", "+"))
    except ValueError as problem:
        raise ParameterError(name) from problem
    return value if value.tzinfo else value.replace(tzinfo=paper.zone)


def _post(newsroom: Newsroom, paper: Paper, number: int, query: Mapping[str, str]) -> Response:
    for story, edition in newsroom.live(paper.name):
        if story.id == number:
            return _answer(_fields(_record(newsroom, paper, story, edition, "_embed" in query), query))
    return _error(404, "rest_post_invalid_id", "Invalid post ID.")


def _record(newsroom: Newsroom, paper: Paper, story: Story, edition: Edition, embed: bool) -> dict[str, Any]:
    text = story.text(edition)
    local = {"date": story.published, "modified": edition.modified}
    authors = [author.slug for author in paper.authors]
    first = story.authors[0] if story.authors else None
    record: dict[str, Any] = {"id": story.id}
    for name, at in local.items():
        record[name] = f"{at.astimezone(paper.zone):%Y-%m-%dT%H:%M:%S}"
        record[f"{name}_gmt"] = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
    record |= {
        "guid": {"rendered": f"{newsroom.bases[paper.name]}/?p={story.id}"},
        "slug": edition.slug,
        "status": "publish",
        "type": "post",
        "link": newsroom.url(story, edition.slug),
        "title": {"rendered": esc(text.title)},
        "content": {"rendered": paragraphs(text) + "\n", "protected": False},
        "excerpt": {"rendered": f"<p>{esc(text.standfirst or text.sentences[0][0])}</p>\n", "protected": False},
        "author": authors.index(first.slug) + 2 if first and first.slug in authors else 1,
        "comment_status": "open",
        "categories": [list(paper.sections).index(story.section) + 3],
        "tags": [sum(map(ord, tag)) for tag in story.tags],
    }
    if embed:
        record["_embedded"] = {"author": [{"id": record["author"], "name": first.name if first else paper.house}]}
    return record


def _fields(record: dict[str, Any], query: Mapping[str, str]) -> dict[str, Any]:
    wanted = query.get("_fields")
    if not wanted:
        return record
    names = {name.strip().split(".")[0] for name in wanted.split(",")}
    return {name: value for name, value in record.items() if name in names}


def _answer(value: Any, headers: tuple[tuple[str, str], ...] = ()) -> Response:
    return listing(json.dumps(value).encode(), _JSON, headers=headers)


def _error(status: int, code: str, message: str) -> Response:
    body = json.dumps({"code": code, "message": message, "data": {"status": status}}).encode()
    return Response(status=status, body=body, content_type=_JSON)
