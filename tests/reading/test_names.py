import pytest

from crawler.reading.names import authors_of, is_house, looks_like_names, without_lead

HOUSE = frozenset({"panubliondaily", "panublion", "dw"})


def names(written: str) -> list[str]:
    return [author.name for author in authors_of(written, HOUSE)]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("By Ana Cruz", ["Ana Cruz"]),
        ("BY ANA CRUZ", ["ANA CRUZ"]),
        ("Ni Ana Cruz", ["Ana Cruz"]),
        ("Von Eva Roth und Jan Maier", ["Eva Roth", "Jan Maier"]),
        ("Автор: Иван Петров", ["Иван Петров"]),
        ("作者：王小明", ["王小明"]),
        ("Ana Cruz, Ben Reyes and Carla Sy", ["Ana Cruz", "Ben Reyes", "Carla Sy"]),
        ("Ana Cruz at Ben Reyes", ["Ana Cruz", "Ben Reyes"]),
        ("Ana Cruz; Ben Reyes | Carla Sy", ["Ana Cruz", "Ben Reyes", "Carla Sy"]),
        ("José Ortega y Gasset", ["José Ortega y Gasset"]),
        ("Ana Ruiz y Juan Paz", ["Ana Ruiz", "Juan Paz"]),
        ("Ana Cruz, Valley correspondent", ["Ana Cruz"]),
        ("Ana Cruz, Manila", ["Ana Cruz"]),
        ("Ana Cruz (with AFP)", ["Ana Cruz"]),
        ("Ana Cruz @anacruz ana@panublion.example", ["Ana Cruz"]),
        ("Posted on May 2, 2026 by Ana Cruz", ["Ana Cruz"]),
        ("Ana Cruz, 2 May 2026", ["Ana Cruz"]),
        ("박준석 기자", ["박준석"]),
        ("Martin Luther, Jr.", ["Martin Luther, Jr."]),
        ("Maria L.", ["Maria L."]),
        ("Nina Ricci", ["Nina Ricci"]),
        ("Text by Ana Cruz Photos by Ben Reyes", ["Ana Cruz"]),
        ("admin", []),
        ("chuck-ross", []),
        ("https://facebook.example/ana", []),
        ("Redakteur", []),
    ],
)
def test_a_byline_becomes_names(written: str, read: list[str]) -> None:
    assert names(written) == read


@pytest.mark.parametrize(
    "name",
    [
        "Panublion Daily",
        "Reuters",
        "News Desk",
        "Deutsche Welle",
        "PANUBLION Radio",
        "panublion.com",
        "Associated Press",
    ],
)
def test_houses_desks_and_agencies_are_organisations(name: str) -> None:
    assert is_house(name, HOUSE)
    assert [author.kind for author in authors_of(name, HOUSE)] in (["organisation"], [])


def test_a_person_is_no_house() -> None:
    assert not is_house("Ana Cruz", HOUSE)


def test_an_account_called_after_the_site_is_the_house() -> None:
    assert is_house("Panublion D", HOUSE)


def test_a_lead_is_told_from_a_name() -> None:
    assert without_lead("By Ana Cruz") == ("Ana Cruz", True)
    assert without_lead("Byron Cruz") == ("Byron Cruz", False)
    assert without_lead("Di Maria") == ("Di Maria", False)


@pytest.mark.parametrize("line", ["Ana de la Cruz", "Ana Cruz and Ben Reyes, dpa", "王小明"])
def test_lines_of_names_look_like_names(line: str) -> None:
    assert looks_like_names(line)


@pytest.mark.parametrize("line", ["Ana went home", "Chapter 7", "", "a " * 30])
def test_prose_does_not_look_like_names(line: str) -> None:
    assert not looks_like_names(line)
