"""No name, link or redirect leads into a private network."""

import json
from types import SimpleNamespace

import pytest

from crawler.resolver import PublicResolver, leads_inside
from tests.crawling import Operator, Paper, feed, story
from tests.names import PUBLIC, Names


def resolver_over(names):
    """Return the crawler's resolver over these names; it takes from a reactor only the resolver before it."""
    return PublicResolver(SimpleNamespace(nameResolver=names), 0)


def resolved(resolver, name):
    """Return the addresses that whoever connects to a name is told."""
    found, ended = [], []
    receiver = SimpleNamespace(resolutionBegan=lambda _: None, resolutionComplete=lambda: ended.append(True),
                               addressResolved=lambda address: found.append(address.host))  # fmt: skip
    resolver.resolveHostName(receiver, name, 80)
    assert ended == [True]
    return found


@pytest.mark.parametrize(
    "inside",
    ["127.0.0.1", "10.0.0.5", "169.254.169.254", "192.168.1.1", "::1", "fd00::1", "fe80::1", "::ffff:10.0.0.5",
     "64:ff9b::7f00:1", "2002:7f00:1::", "224.0.0.1"],
)  # fmt: skip
def test_a_public_name_that_resolves_inside_a_network_has_no_address(inside):
    resolver = resolver_over(Names({"paper.example": [inside], "mixed.example": [inside, PUBLIC]}))
    assert resolved(resolver, "paper.example") == []
    assert leads_inside("paper.example")
    assert resolved(resolver, "mixed.example") == [PUBLIC]
    assert not leads_inside("mixed.example")
    resolver.allow_private = True
    assert resolved(resolver, "paper.example") == [inside]


def test_a_name_that_moves_inside_between_two_requests_is_refused_the_second_time():
    names = Names({"paper.example": [PUBLIC]})
    resolver = resolver_over(names)
    assert resolved(resolver, "paper.example") == [PUBLIC]
    names.known["paper.example"] = ["192.168.0.10"]
    assert resolved(resolver, "paper.example") == []


def test_no_link_and_no_redirect_of_a_public_paper_leads_inside(tmp_path):
    operator = Operator(home=tmp_path / "home", sites=tmp_path / "sites")
    with Paper() as paper:
        port = paper.url().rsplit(":", 1)[1].strip("/")

        def at(host, path="/secret"):
            return f"http://{host}:{port}{path}"

        inside = [at("inside.example"), at("127.0.0.1"), at("2130706433"), at("0177.0.0.1"), at("[::ffff:127.0.0.1]"),
                  at("localhost")]  # fmt: skip
        links = [at("paper.example", f"/story-{number}/") for number in range(len(inside))]
        for number, target in enumerate(inside):
            paper.say(f"/story-{number}/", b"", status=302, Location=target)
        good = at("paper.example", "/good/")
        paper.say("/good/", story("A good story"))
        paper.say("/feed", feed(*links, *inside, at("paper.example:80@inside.example"), good),
                  Content_Type="application/rss+xml")  # fmt: skip
        hosts = [target.replace("/secret", "/") for target in inside]  # else they would be other hosts before all
        path = operator.site("paper", at("paper.example", "/"), feeds=[at("paper.example", "/feed")],
                             sitemaps=[at("inside.example", "/map")])  # fmt: skip
        path.write_text(f"former_urls = {json.dumps(hosts)}\n" + path.read_text())
        names = {"paper.example": [PUBLIC], "inside.example": ["10.0.0.5"]}
        run = operator.crawl("paper", "-s", "HEMEROTECA_ALLOW_PRIVATE=0", "-s", f"TEST_NAMES={json.dumps(names)}",
                             "-s", "TWISTED_DNS_RESOLVER=tests.names.LoopbackResolver")  # fmt: skip
        assert run.report["outcomes"]["new"] == 1, run.err
        assert {host for host, _ in paper.hosts()} == {"paper.example"}
        assert "/secret" not in paper.paths()
        assert run.report["skipped"]["private address"] == 5  # the sixth, IPv6, is another host before
        assert any("private address" in problem for problem in run.report["problems"])  # the sitemap
