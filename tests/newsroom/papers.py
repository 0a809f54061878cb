"""The five invented papers: where they are, who writes for them, how their sites behave."""

# ruff: noqa: E501 - a profile is one string

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.newsroom.texts_en import ENGLISH
from tests.newsroom.texts_ru import RUSSIAN
from tests.newsroom.texts_tl import FILIPINO

if TYPE_CHECKING:
    from tests.newsroom.texts import Bank


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who signs stories: a name, the slug of the author page, a short life where the paper prints one."""

    name: str
    slug: str
    profile: str | None = None
    profile_language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One invented paper and the habits of its site."""

    name: str
    title: str
    motto: str
    bank: Bank
    locale: str
    country: str
    region: str
    timezone: str
    permalink: str  # {year} {month} {day} {id} {slug}
    article: str  # regular expression of a story's path, for the site file
    sections: dict[str, str]
    cast: dict[str, tuple[str, ...]]  # slot → what may stand in it
    currency: str
    authors: tuple[Author, ...]
    house: str  # what signs a story that no person signs
    datelines: tuple[str, ...]
    dateline_mark: str  # what stands between the dateline and the text
    first_id: int
    id_step: int
    charset: str = "utf-8"
    gzips: bool = False
    wordpress: bool = True
    validators_follow_views: bool = False
    shows_comments: bool = True
    feed: str = "/feed/"

    @property
    def zone(self) -> ZoneInfo:
        """The paper's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def language(self) -> str:
        """The language of its stories."""
        return self.bank.language


LAKESIDE = Paper(
    name="lakeside",
    title="Lakeside Courier",
    motto="News from the towns on the water",
    bank=ENGLISH,
    locale="en-US",
    country="PH",
    region="Calabarzon",
    timezone="Asia/Manila",
    permalink="/{year}/{month}/{day}/{slug}/",
    article=r"^/\d{4}/\d{2}/\d{2}/[^/]+/?$",
    sections={
        "news": "Local news",
        "business": "Business",
        "politics": "Politics",
        "health": "Health",
        "culture": "Culture",
        "sports": "Sports",
    },
    cast={
        "place": ("Santa Inez", "Lagunilla", "Bayanihan City", "San Teodoro", "Malinaw", "Villa Cortez", "Tagpuan"),
        "town": ("Dos Rios", "San Telmo", "Pulang Lupa", "Camporeal", "Halayhay"),
        "village": (
            "Barangay Malusak",
            "Barangay San Roque",
            "Barangay Wawa",
            "Sitio Kabibe",
            "Barangay Dalig",
            "Sitio Peñafrancia",
            "Barangay Ilaya",
            "Barangay Talón",
        ),
        "road": ("the lake road", "Rizal Extension", "the Malinaw bypass", "Del Pilar Street", "the old railway road"),
        "school": (
            "Malusak Elementary School",
            "Lagunilla National High School",
            "San Teodoro Central School",
            "Wawa Integrated School",
        ),
        "office": ("the city engineer’s office", "the lake authority", "the provincial board", "the town hall"),
        "official": (
            "Mayor Corazon Almeda",
            "Vice Mayor Rogelio Tiñana",
            "Councilor Liza Bermudo",
            "Governor Amado Quilala",
            "Engineer Noel Sabado",
        ),
        "resident": (
            "Nena Catindig",
            "Rodel Maputi",
            "Aling Pacing Dizon",
            "Ferdie Halili",
            "Jocelyn Umali",
            "Tatay Ambo Reyes",
        ),
        "expert": (
            "Dr. Imelda Castañeda",
            "agriculturist Ramil Oben",
            "hydrologist Fe Sarmiento",
            "Sister Clara Muñoz",
            "Prof. Benjie Laurel",
        ),
        "group": (
            "the Lake Fishers’ Union",
            "Samahang Ilaya",
            "the Malinaw Growers’ Cooperative",
            "the Market Vendors’ League",
        ),
    },
    currency="₱# million",
    authors=(
        Author(
            name="Marivic S. Ordoñez",
            slug="marivic",
            profile="Si Marivic S. Ordoñez ay dalawampung taon nang nagsusulat tungkol sa lawa at sa mga bayang nakapaligid dito. Dati siyang guro sa agham bago naging tagapagbalita. Mahilig siyang magtanim ng orkidyas.",
            profile_language="tl",
        ),
        Author(
            name="Jun Palacio",
            slug="junp",
            profile="Si Jun Palacio ay mamamahayag mula sa Lagunilla na sumusubaybay sa konseho at sa badyet ng lungsod. Nagsimula siya sa radyo noong bata pa siya, at tuwing Linggo ay nagtuturo siya ng pagsusulat sa mga kabataan.",
            profile_language="tl",
        ),
        Author(
            name="Teresa Nuñez-Lim",
            slug="teresa",
            profile="Si Teresa Nuñez-Lim ang patnugot ng pahina ng kultura. Tinipon niya ang mga lumang awit ng mga mangingisda sa isang aklat, at kasapi siya ng koro ng parokya ng San Teodoro.",
            profile_language="tl",
        ),
    ),
    house="Lakeside Courier News Desk",
    datelines=("LAGUNILLA CITY", "SANTA INEZ", "MALINAW", "SAN TEODORO"),
    dateline_mark=". ",
    first_id=18003,
    id_step=11,
)

COASTAL = Paper(
    name="coastal",
    title="The Coastal Sentinel",
    motto="Harbour, strait and island news",
    bank=ENGLISH,
    locale="en-US",
    country="PH",
    region="Western Visayas",
    timezone="Asia/Manila",
    permalink="/{year}/{month}/{slug}/",
    article=r"^/\d{4}/\d{2}/(?!page/)[^/]+/?$",
    sections={
        "news": "News",
        "business": "Trade & Harbour",
        "politics": "Government",
        "health": "Health",
        "culture": "Island Life",
        "sports": "Sports",
    },
    cast={
        "place": ("Port Almario", "Isla Verano", "Puerto Galdo", "San Isidro Bay", "Cabo Negro", "Esperanza"),
        "town": ("Tinagong Dagat", "Bahia Honda", "Salvacion", "Kalibasan"),
        "village": (
            "Barangay Punta",
            "Barangay Baybay",
            "Sitio Bakhawan",
            "Barangay Ibabaw",
            "Barangay Parola",
            "Sitio Dos Hermanas",
        ),
        "road": ("the pier road", "Calle Real", "the coastal highway", "Parola Street", "the airport road"),
        "school": (
            "Punta Elementary School",
            "Port Almario Science High School",
            "Baybay Fisheries School",
            "Isla Verano College",
        ),
        "office": ("the port authority", "the coast guard station", "the provincial capitol", "the city health office"),
        "official": (
            "Mayor Danilo Villaflor",
            "Governor Rosa Jalandoni-Cruz",
            "Councilor Pepe Arboleda",
            "Port manager Gina Salazar",
            "Captain Edwin Labrador",
        ),
        "resident": (
            "Nonoy Gallego",
            "Inday Trinidad Solis",
            "Berto Magbanua",
            "Carmelita Yap",
            "Nang Osang Delfin",
            "Toto Vergara",
        ),
        "expert": (
            "marine biologist Ana Locsin",
            "Dr. Victor Peñalosa",
            "economist Grace Uy",
            "Father Anton Riego",
            "nurse Jessa Tupas",
        ),
        "group": (
            "the Boatmen’s Association",
            "the Women of the Tide Flats",
            "the Seaweed Planters’ Guild",
            "the Pier Porters’ Union",
        ),
    },
    currency="₱# million",
    authors=(
        Author(
            name="Felix Armada",
            slug="felix-armada",
            profile="Felix Armada covers the harbour and the ferry lines. He grew up on a fishing boat and studied law for two years before he joined the paper.",
            profile_language="en",
        ),
        Author(
            name="Lourdes Peñaranda",
            slug="lourdes-penaranda",
            profile="Lourdes Peñaranda writes about schools, hospitals and the people who keep them going. She has edited the Sunday page since it was founded.",
            profile_language="en",
        ),
        Author(name="Kiko dela Torre", slug="kiko-dela-torre"),
        Author(name="Hazel Ann Brillantes", slug="hazel-brillantes"),
    ),
    house="Sentinel Staff",
    datelines=("PORT ALMARIO", "ISLA VERANO", "CABO NEGRO, Philippines", "PUERTO GALDO"),
    dateline_mark=" — ",
    first_id=40210,
    id_step=17,
    gzips=True,
    validators_follow_views=True,
)

HIGHLAND = Paper(
    name="highland",
    title="Highland Observer",
    motto="Weekly since the railway came",
    bank=ENGLISH,
    locale="en-GB",
    country="KE",
    region="Upper Rift",
    timezone="Africa/Nairobi",
    permalink="/news/{id}-{slug}",
    article=r"^/news/\d+-[^/?]+$",
    sections={
        "news": "News",
        "business": "Farm and Market",
        "politics": "County",
        "health": "Health",
        "culture": "Life",
        "sports": "Sport",
    },
    cast={
        "place": ("Kitumbe", "Ol Sabuni", "Marengo Hill", "Chepsoro", "Naitiri Falls", "Londari"),
        "town": ("Sarabet", "Eldama Cross", "Kapterit", "Mto Mwekundu"),
        "village": (
            "Kapsowa village",
            "Tulwet village",
            "Ngarua estate",
            "Mosop village",
            "Lelboinet",
            "Sigowet ridge",
        ),
        "road": ("the escarpment road", "the tea road", "Station Road", "the Kapsowa track", "the dairy road"),
        "school": (
            "Kitumbe Primary School",
            "Chepsoro Girls’ School",
            "Marengo Hill Academy",
            "Tulwet Secondary School",
        ),
        "office": ("the county works office", "the water board", "the ward office", "the county health office"),
        "official": (
            "county executive Joyce Chemutai",
            "ward representative Daniel Koros",
            "Governor Samuel Tirop",
            "chief Peter Lokwang",
            "board chair Esther Wanja",
        ),
        "resident": (
            "Mary Jepkorir",
            "Elijah Sang",
            "Mama Ruth Nafula",
            "Joseph Kibor",
            "Agnes Moraa",
            "Mzee Thomas Arap Bett",
        ),
        "expert": (
            "agronomist Philip Otieno",
            "Dr. Naomi Kiplagat",
            "engineer Hassan Abdi",
            "coach Caleb Rono",
            "archivist Lucy Mumbi",
        ),
        "group": (
            "the Ridge Dairy Cooperative",
            "the Tea Pickers’ Union",
            "the Kitumbe Traders’ Group",
            "the Mothers of Mosop",
        ),
    },
    currency="Sh# million",
    authors=(
        Author(name="Caroline Jelimo", slug="caroline-jelimo"),
        Author(name="Isaac Mutwol", slug="isaac-mutwol"),
        Author(name="Beatrice Achieng", slug="beatrice-achieng"),
        Author(name="Wilson Ekal", slug="wilson-ekal"),
    ),
    house="Observer Correspondent",
    datelines=("KITUMBE", "CHEPSORO", "OL SABUNI", "LONDARI"),
    dateline_mark=": ",
    first_id=407,
    id_step=1,
    wordpress=False,
    shows_comments=False,
    feed="/feed.xml",
)

BISAYA = Paper(
    name="bisaya",
    title="Tinig ng Silangan",
    motto="Balitang malapit sa inyo",
    bank=FILIPINO,
    locale="tl",
    country="PH",
    region="Calabarzon",
    timezone="Asia/Manila",
    permalink="/balita/{slug}/",
    article=r"^/balita/(?!page/)[^/]+/?$",
    sections={
        "balita": "Balita",
        "kabuhayan": "Kabuhayan",
        "kalusugan": "Kalusugan",
        "kultura": "Kultura",
    },
    cast={
        "place": ("Lungsod ng Batangas", "Bagong Silang", "San Gabriel", "Mataas na Lupa", "Dalampasigan", "Lipanan"),
        "town": ("San Rafael", "Taal na Bago", "Kapatagan", "Ibayo"),
        "village": (
            "Barangay Alangilan",
            "Barangay Kaybagal",
            "Sitio Ligaya",
            "Barangay Sampaloc",
            "Barangay Pook",
            "Sitio Buhanginan",
        ),
        "road": ("Daang Mabini", "Kalye Burgos", "lansangang-bayan", "Daang Bukid", "tulay ng Kalumpang"),
        "school": (
            "Paaralang Elementarya ng Pook",
            "Mataas na Paaralan ng San Gabriel",
            "Paaralang Sentral ng Lipanan",
            "Dalubhasaan ng Dalampasigan",
        ),
        "office": ("tanggapan ng alkalde", "tanggapan ng inhinyero", "kapitolyo", "tanggapan ng kalusugan"),
        "official": (
            "Alkalde Rosendo Malabanan",
            "Konsehal Ligaya Marasigan",
            "Kapitan Efren Atienza",
            "Gobernador Pilar Macaraig",
            "Inhinyero Dante Perez",
        ),
        "resident": (
            "Aling Nita Hernandez",
            "Mang Kardo Ilagan",
            "Rosalie Panganiban",
            "Tatay Isko Mendoza",
            "Jenny Cantos",
            "Lola Sepa Aguila",
        ),
        "expert": (
            "Dr. Lorna Katigbak",
            "Propesor Ariel Dimaculangan",
            "agronomistang Nilo Bautista",
            "Padre Simon Ocampo",
            "nars Divina Peña",
        ),
        "group": (
            "Samahan ng Magniniyog",
            "Kapisanan ng Mangingisda",
            "Kooperatiba ng Lipanan",
            "Samahan ng mga Tindera",
        ),
    },
    currency="₱# milyon",
    authors=(
        Author(name="Ligaya R. Mercado", slug="ligaya"),
        Author(name="Arnel Buenaventura", slug="arnel"),
        Author(name="Josefa Niño", slug="josefa"),
        Author(name="Crispin Dimayuga", slug="crispin"),
    ),
    house="Tanggapan ng Balita",
    datelines=("LUNGSOD NG BATANGAS", "SAN GABRIEL, Batangas", "LIPANAN", "BAGONG SILANG"),
    dateline_mark=" — ",
    first_id=7015,
    id_step=9,
    validators_follow_views=True,
)

SEVER = Paper(
    name="sever",
    title="Северогорский вестник",
    motto="Газета города и района",
    bank=RUSSIAN,
    locale="ru-RU",
    country="RU",
    region="Северогорский район",
    timezone="Asia/Yekaterinburg",
    permalink="/news/{id}-{slug}.html",
    article=r"^/news/\d+-[^/]+\.html$",
    sections={
        "gorod": "Город",
        "obshchestvo": "Общество",
        "politika": "Политика",
        "ekonomika": "Экономика",
        "kultura": "Культура",
    },
    cast={
        "in_place": ("в Северогорске", "в Усть-Каменке", "в Заозёрске", "в Белоречье", "в Новой Пристани"),
        "in_village": (
            "в селе Ольховка",
            "в деревне Малая Тавда",
            "в посёлке Кедровый",
            "в селе Верхний Бор",
            "в посёлке Рудничный",
            "в деревне Сосновка",
        ),
        "on_road": ("улице Заречной", "Вокзальной улице", "Каменском тракте", "улице Геологов", "набережной Лозьвы"),
        "school": ("Школа № 3", "Ольховская школа", "Гимназия № 1", "Школа посёлка Кедровый"),
        "official": (
            "глава района Игорь Ладыгин",
            "заместитель главы Виктор Чусовитин",
            "депутат Андрей Полуянов",
            "директор управления Сергей Мохов",
        ),
        "resident": (
            "жительница района Анна Зуева",
            "учительница Галина Петрищева",
            "пенсионерка Нина Лобанова",
            "фермер Ольга Кайгородова",
            "мастерица Раиса Шумкова",
        ),
        "expert": (
            "инженер Олег Рябов",
            "врач Павел Одинцов",
            "агроном Михаил Стахеев",
            "краевед Лев Вершинин",
            "гидролог Антон Суслов",
        ),
        "group": ("кооператив «Луч»", "рыболовецкий колхоз «Лозьва»", "союз садоводов", "клуб «Земляки»"),
    },
    currency="# миллионов рублей",
    authors=(
        Author(name="Марина Колегова", slug="kolegova"),
        Author(name="Денис Брагин", slug="bragin"),
        Author(name="Елена Югова", slug="yugova"),
        Author(name="Артём Пелевин", slug="pelevin"),
    ),
    house="Редакция",
    datelines=("СЕВЕРОГОРСК", "УСТЬ-КАМЕНКА", "ЗАОЗЁРСК"),
    dateline_mark=". ",
    first_id=2104,
    id_step=3,
    charset="windows-1251",
    gzips=True,
    wordpress=False,
    feed="/rss.xml",
)

PAPERS: dict[str, Paper] = {paper.name: paper for paper in (LAKESIDE, COASTAL, HIGHLAND, BISAYA, SEVER)}
