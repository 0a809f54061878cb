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
        ("Ana Cruz, PhD", ["Ana Cruz"]),
        ("Ana Cruz, M.D. and Ben Reyes, Esq.", ["Ana Cruz", "Ben Reyes"]),
        ("Meyer & Co. KG", ["Meyer & Co. KG"]),
        ("Nina Ricci", ["Nina Ricci"]),
        ("Text by Ana Cruz Photos by Ben Reyes", ["Ana Cruz"]),
        ("Cruz, Ana", ["Ana Cruz"]),
        ("Cruz, Ana; Reyes, Ben", ["Ana Cruz", "Ben Reyes"]),
        ("By A. B. Cruz III", ["A. B. Cruz III"]),
        ("Juan Dela Cruz, Jr.", ["Juan Dela Cruz, Jr."]),
        ("Dela Cruz, Jr., Juan", ["Juan Dela Cruz, Jr."]),
        ("Nina Ana Cruz at Ben Reyes", ["Ana Cruz", "Ben Reyes"]),
        ("Gisulat ni Ana Cruz", ["Ana Cruz"]),
        ("By Ana Cruz Staff Reporter", ["Ana Cruz"]),
        ("Story and photos by Ana Cruz", ["Ana Cruz"]),
        ("Ana Cruz Stand: 05. Februar 2020", ["Ana Cruz"]),
        ("Paul Martin avec AFP", ["Paul Martin"]),
        ("Penulis: Budi Santoso | Editor: Sri Rahayu", ["Budi Santoso"]),
        ("Laporan Budi Santoso dari Jakarta", ["Budi Santoso"]),
        ("글·사진 박준석 기자", ["박준석"]),
        ("박준석·김태연 기자", ["박준석", "김태연"]),
        ("강릉=박준석 특파원", ["박준석"]),
        ("记者 王小明 李雷", ["王小明", "李雷"]),
        ("（记者王小明）", ["王小明"]),
        ("作者：王小明 责任编辑：李雷", ["王小明"]),
        ("取材・文＝山田太郎", ["山田太郎"]),
        ("山田太郎記者", ["山田太郎"]),
        ("كتب/ أحمد علي", ["أحمد علي"]),
        ("أحمد علي - القاهرة", ["أحمد علي"]),
        ("संवाददाता: राम शर्मा", ["राम शर्मा"]),
        ("রহিম উদ্দিন, ঢাকা", ["রহিম উদ্দিন"]),
        ("ผู้เขียน: สมชาย ใจดี", ["สมชาย ใจดี"]),
        ("Tác giả: Nguyễn Văn An", ["Nguyễn Văn An"]),
        ("Tekst og foto: Kari Nordmann", ["Kari Nordmann"]),
        ("Text & foto: Karin Svensson", ["Karin Svensson"]),
        ("Skrevet af Mette Hansen", ["Mette Hansen"]),
        ("Kirjoittanut Matti Virtanen", ["Matti Virtanen"]),
        ("Muhabir: Ali Yılmaz", ["Ali Yılmaz"]),
        ("Текст: Анна Иванова, Фото: Петр Петров", ["Анна Иванова"]),
        ("Von", []),
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
        "SID",
        "Anadolu Ajansı",
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


def test_a_desk_with_a_role_in_its_name_is_an_organisation_and_kept() -> None:
    assert [(author.name, author.kind) for author in authors_of("Panublion staff reporter", HOUSE)] == [
        ("Panublion staff reporter", "organisation")
    ]
