import os

import pytest
from scrapy import Request
from scrapy.settings import Settings

from crawler.errors import SiteFileError
from crawler.loader import SiteLoader
from crawler.spiders.news import NewsSpider
from tests.crawling import Operator


@pytest.fixture
def operator(tmp_path):
    return Operator(home=tmp_path / "home", sites=tmp_path / "sites")


def loader(*folders) -> SiteLoader:
    settings = Settings({"SPIDER_MODULES": ["crawler.spiders"], "HEMEROTECA_SITES": os.pathsep.join(map(str, folders))})
    return SiteLoader.from_settings(settings)


def test_a_site_file_is_a_spider_with_its_delay(operator):
    operator.site("panublion", "https://panublion.example/", "requests = 3")
    spider = loader(operator.sites).load("panublion")
    assert issubclass(spider, NewsSpider)
    assert (spider.name, spider.site.visit.requests) == ("panublion", 3)
    assert spider.custom_settings == {"DOWNLOAD_DELAY": 0.0}


def test_the_command_line_goes_before_the_site_file(operator):
    operator.site("panublion", "https://panublion.example/")
    settings = Settings()
    settings.set("DOWNLOAD_DELAY", 7, priority="cmdline")
    loader(operator.sites).load("panublion").update_settings(settings)
    assert settings.getfloat("DOWNLOAD_DELAY") == 7


def test_an_address_finds_its_site(operator):
    operator.site("panublion", "https://www.panublion.example/")
    assert loader(operator.sites).find_by_request(Request("https://panublion.example/2026/a/")) == ["panublion"]


def test_two_files_of_one_name_are_an_error_that_names_both(operator, tmp_path):
    first = operator.site("panublion", "https://panublion.example/")
    second = Operator(home=tmp_path, sites=tmp_path / "more").site("panublion", "https://other.example/")
    found = loader(first.parent, second.parent)
    with pytest.raises(SiteFileError, match="two site files have this name") as caught:
        found.load("panublion")
    assert str(first) in str(caught.value)
    assert str(second) in str(caught.value)
    assert "panublion" not in found.list()


def test_a_file_of_the_operator_goes_before_the_catalogues_of_the_same_name(operator):
    mine = operator.site("panaynews", "https://www.panaynews.net/")
    found = loader(operator.sites)
    assert found.path("panaynews") == mine
    assert found.site("panaynews").title == "Panaynews"
    assert found.list().count("panaynews") == 1


def test_a_site_may_not_take_the_name_of_a_spider(operator):
    operator.site("replay", "https://panublion.example/")
    with pytest.raises(SiteFileError, match="a spider of Hemeroteca has this name"):
        loader(operator.sites).load("replay")


def test_an_unknown_name_is_met_with_a_guess(operator):
    operator.site("panublion", "https://panublion.example/")
    with pytest.raises(KeyError, match="no site file for panublon; did you mean panublion"):
        loader(operator.sites).load("panublon")


def test_a_folder_that_is_not_there_is_said(operator, caplog):
    loader(operator.sites)
    assert f"HEMEROTECA_SITES: no such folder: {operator.sites}" in caplog.text


def test_one_broken_file_stops_only_itself(operator):
    operator.site("panublion", "https://panublion.example/")
    operator.site("broken", "https://broken.example/", "[read]\nbody = 'div..post'\ncolour = 1")
    run = operator.scrapy("list")
    assert run.status == 0
    assert {"panublion", "replay", "panaynews"} < set(run.out.split())
    assert "broken" not in run.out
    warned = [line for line in run.err.splitlines() if "broken.toml" in line]
    assert len(warned) == 1
    assert 'read.body: not a CSS selector: "div..post"; ' in warned[0]
