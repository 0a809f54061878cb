"""Counters that a script loads: which system it is, and the request that only reads (section 6).

A request that would add a view is never given. Jannah, JNews, Soledad, Better Post Views, DedeCMS, PHPCMS, busuanzi and
Drupal have no other, so there is none here; what their pages print is a number, and their 0 is not known.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urljoin

from crawler.reading.dom import text_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lxml.html import HtmlElement

    from crawler.reading.page import Page

_TAGDIV_CALL = re.compile(r"""tdGetViewsCountsAjax\(\s*["']post["']\s*,\s*["']\[\s*"?(\d+)"?\s*\]["']""")
_TAGDIV_URL = re.compile(r"""td_ajax_url\s*=\s*["']([^"']+)["']""")
_PVC_ARGS = re.compile(r"pvcArgsFrontend\s*=\s*(\{.{0,2000}?\})\s*;?", re.DOTALL)
_PVC_ID = re.compile(r'"postID"\s*:\s*"?(\d+)')
_API_ROOT = re.compile(
    r"""<link[^>]*?(?:api\.w\.org/?["'][^>]*?href=["']([^"']+)|href=["']([^"']+)["'][^>]*?api\.w\.org)"""
)
_WPP_TAG = re.compile(r"<script[^>]*wordpress-popular-posts[^>]*>")
_WPP_API = re.compile(r"""data-api-url=["']([^"']+)""")
_WPP_POST = re.compile(r"""data-post-id=["'](\d+)""")
_TOP_10_ID = re.compile(r"top_ten_id=(\d+)")
# Anchored on both sides and bounded: a long word that is no host name must not be tried from each of its letters.
_DISQUS = re.compile(r"""//([\w-]{1,63})\.disqus\.com/(?:count|embed)\.js|disqus_shortname\s*=\s*["']([\w-]+)["']""")
# Systems whose script fills the number by a request that adds a view: a 0 in the page is a placeholder there too.
ADDING_CALL = re.compile(
    r"tie_postviews|jfla\s*=\s*\[[^\]]*view_counter|PenciSimplePopularPosts_AddCount|better_post_views_vars|"
    r"/plus/count\.php\?|api\.php\?op=count|statistics\.data|busuanzi"
)


def pending_views(page: Page) -> Mapping[str, Any] | None:
    """Return the read-only request of a script-loaded view counter (counters-and-bylines.md, section 6)."""
    for find in (_pending_top_10, _pending_a3, _pending_baw):
        if (found := find(page)) is not None:
            return found
    for sign, find in _PENDING:
        if sign in page.script and (found := find(page)) is not None:
            return found
    return None


def _get(system: str, post_id: str | None, url: str) -> Mapping[str, Any]:
    return {"system": system, "post_id": post_id, "method": "GET", "url": url, "adds": False}


def _rest(page: Page, path: str) -> str:
    """Return an address of the site's WordPress interface, which the page may name; it may live in a folder."""
    root = _API_ROOT.search(page.text)
    return urljoin(page.absolute(root[1] or root[2]) if root else urljoin(page.url, "/wp-json/"), path)


def _pending_tagdiv(page: Page) -> Mapping[str, Any] | None:
    call = _TAGDIV_CALL.search(page.text)
    address = _TAGDIV_URL.search(page.text)
    if call is None or address is None or page.post_id not in (None, call.group(1)):
        return None
    post_id = call.group(1)
    return {
        "system": "tagdiv",
        "post_id": post_id,
        "method": "POST",
        "url": page.absolute(address.group(1).replace("\\/", "/")),
        "form": {"action": "td_ajax_get_views", "td_post_ids": f"[{post_id}]"},
        "adds": False,
    }


def _pending_pvc(page: Page) -> Mapping[str, Any] | None:
    """Post Views Counter: only where the element is loaded by script, or missing; a printed number is the number."""
    args = _PVC_ARGS.search(page.text)
    post_id = _PVC_ID.search(args.group(1)) if args else None
    if post_id is None or page.post_id not in (None, post_id.group(1)):
        return None
    if page.with_class("post-views-count") and not page.with_class("load-dynamic"):
        return None
    url = _rest(page, f"post-views-counter/get-post-views/{post_id.group(1)}")
    return _get("post-views-counter", post_id.group(1), url)


def _pending_wp_postviews(page: Page) -> Mapping[str, Any] | None:
    """WP-PostViews behind a cache; its own call, action=wp_postviews, adds a view and is never given."""
    url = _rest(page, f"wp/v2/posts/{page.post_id}?_fields=views")
    return _get("wp-postviews", page.post_id, url) if page.post_id else None


def _pending_wpp(page: Page) -> Mapping[str, Any] | None:
    """WordPress Popular Posts 7: a GET reads, a POST to the same address adds."""
    tag = next((tag[0] for tag in _WPP_TAG.finditer(page.text)), "")
    api, post_id = _WPP_API.search(tag), _WPP_POST.search(tag)
    if api is None or post_id is None or post_id[1] == "0" or page.post_id not in (None, post_id[1]):
        return None
    url = f"{page.absolute(api[1]).rstrip('/')}/v2/views/{post_id[1]}?include_views_text=0"
    return _get("wordpress-popular-posts", post_id[1], url)


def _pending_top_10(page: Page) -> Mapping[str, Any] | None:
    for element in page.with_class("tptn_counter"):
        address = element.get("data-tptn-url") or ""
        post_id = _TOP_10_ID.search(address)
        if post_id is None or page.post_id not in (None, post_id[1]) or page.scope.is_foreign(element):
            continue
        if "activate_counter" not in address and "tracker" not in address:  # these add
            return _get("top-10", post_id[1], page.absolute(address))
    return None


def _pending_a3(page: Page) -> Mapping[str, Any] | None:
    """Page Views Count by a3: ``/view/ID`` reads, ``/increase/ID`` adds."""
    for element in page.with_class("pvc_load_by_ajax_update"):
        post_id = element.get("data-element-id") or element.get("element-id") or page.post_id
        if post_id and page.post_id in (None, post_id) and not page.scope.is_foreign(element):
            return _get("page-views-count", post_id, _rest(page, f"pvc/v1/view/{post_id}"))
    return None


def _pending_baw(page: Page) -> Mapping[str, Any] | None:
    """BAW Post Views Count: n=0 reads, n=1 adds."""
    for element in page.with_class("bawpvc-ajax-counter"):
        post_id = element.get("data-id")
        if post_id and page.post_id in (None, post_id) and not any(sign.isdecimal() for sign in text_of(element)):
            url = urljoin(page.url, f"/wp-admin/admin-ajax.php?action=bawpvc-ajax-counter&p={post_id}&n=0")
            return _get("baw-post-views-count", post_id, url)
    return None


def pending_comments(page: Page, links: Sequence[HtmlElement]) -> Mapping[str, Any] | None:
    """Disqus: the number of comments, by the thread's identifier or address; asked where the page shows none."""
    threads = [link for link in links if (link.get("href") or "").endswith("#disqus_thread")]
    counts = [*page.with_class("disqus-comment-count"), *page.with_class("dsq-postid")]
    shortname = _DISQUS.search(page.text) if threads or counts else None
    if shortname is None:
        return None
    root = f"https://{shortname[1] or shortname[2]}.disqus.com/count-data.js?"
    for element in counts:
        identifier = element.get("data-disqus-identifier") or element.get("data-dsqidentifier")
        address = element.get("data-disqus-url")
        if page.scope.is_foreign(element) or (address and page.scope.leads_elsewhere(address)):
            continue
        if identifier or address:
            query = urlencode({"1": identifier} if identifier else {"2": address})
            return _get("disqus", page.post_id, root + query)
    for link in threads:
        address = link.get("href").partition("#")[0]
        if not page.scope.is_foreign(link) and not (address and page.scope.leads_elsewhere(address)):
            return _get(
                "disqus", page.post_id, root + urlencode({"2": page.absolute(address) if address else page.url})
            )
    return None


# The sign of a system in a page's source, and what reads its request.
_PENDING = (
    ("tdGetViewsCountsAjax", _pending_tagdiv),
    ("pvcArgsFrontend", _pending_pvc),
    ("iewsCacheL10n", _pending_wp_postviews),
    ("wpPostViewsL10n", _pending_wp_postviews),
    ("wordpress-popular-posts", _pending_wpp),
)
