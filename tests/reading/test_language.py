import pytest

from crawler.reading.language import language_of


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "The mayor said on Friday that the ferry would sail again and that the fares will stay as they are."),
        (
            "tl",
            "Sinabi ng alkalde noong Biyernes na muling maglalayag ang bangka at hindi magbabago ang pamasahe.",
        ),
        (
            "ceb",
            "Matod pa sa mayor nga ang barko molawig na usab ug dili mausab ang plete alang sa mga tawo.",
        ),
        (
            "hil",
            "Suno sa meya nga ang barko magalayag liwat kag indi pagbag-uhon ang plete para sa mga tawo sang isla.",
        ),
        (
            "ilo",
            "Kinuna ti mayor nga agbiahe manen ti bapor ken saan nga agbaliw ti plete para kadagiti tattao.",
        ),
        (
            "de",
            "Der Bürgermeister sagte am Freitag, dass die Fähre wieder fährt und die Preise so bleiben, wie sie sind.",
        ),
        ("ru", "Мэр сказал в пятницу, что паром снова ходит и что цены останутся прежними до конца июня."),
    ],
)
def test_the_language_of_a_text(code: str, text: str) -> None:
    assert language_of(text, "en-US") == code


def test_a_text_too_short_to_tell_is_in_the_language_of_its_page() -> None:
    assert language_of("Ok", "fil-PH") == "tl"
    assert language_of("Ok") is None
    assert language_of("Ok", "!!") is None


# Written after the word lists and never used to change them: what the method reaches on sentences it has not seen.
# "taglish" mixes Filipino and English, and either is right. Missed today: two of Kapampangan, one of Malay.
HELD_OUT = (
    ("tl", "Naglakad nang tatlong oras ang mga guro patungo sa baryo upang maihatid ang mga bagong aklat sa mga bata."),
    ("tl", "Walang nasugatan sa sunog kagabi, ngunit labindalawang bahay malapit sa palengke ang natupok."),
    (
        "tl",
        (
            "Magbubukas ang bagong ospital sa susunod na buwan, ayon kay Dr. Reyes, "
            "matapos itong maantala ng dalawang taon."
        ),
    ),
    (
        "ceb",
        (
            "Nagsugod na ang pag-ayo sa dalan padulong sa pantalan, "
            "apan daghan gihapon ang nagreklamo sa hinay nga trapiko."
        ),
    ),
    (
        "ceb",
        "Gidakop sa kapulisan ang duha ka lalaki nga nangawat og manok didto sa merkado kaniadtong Lunes sa kadlawon.",
    ),
    ("ceb", "Ang mga mag-uuma nangayog tabang sa gobyerno tungod kay wala nay tubig ang ilang mga basakan."),
    ("hil", "Ginpanagtag sang kapitolyo ang mga binhi sa mga mangunguma nga naapektuhan sang nagligad nga bagyo."),
    ("hil", "Nagpati ang mga pumuluyo nga dako ang mabulig sang bag-o nga taytay sa ila pangabuhi kada adlaw."),
    ("hil", "Wala sing klase subong nga Lunes bangud sa mabaskog nga ulan nga nag-agi sa banwa kagab-i."),
    ("ilo", "Nagtataripnong dagiti mannalon iti plasa tapno ibagada ti pannakadadael dagiti mulada gapu iti bagyo."),
    ("ilo", "Awan ti nasugatan idi napuoran ti balay iti asideg ti tiendaan idi rabii ti Domingo."),
    ("ilo", "Mangrugi inton umay a lawas ti panagtarimaan ti rangtay a nadadael idi napalabas a tawen."),
    ("war", "Nagtirok an mga parag-uma ha plasa agud ihatag an ira mga reklamo ha gobernador hadton Lunes."),
    ("war", "Waray nasamad ha sunog kagab-i pero napulo ka balay an naugtas hirani ha merkado."),
    ("war", "Magtitikang ha sunod nga semana an pag-ayad han tulay nga nabungkag han bagyo."),
    ("bcl", "Nagtiripon an mga paraoma sa plasa tanganing itao an saindang mga reklamo sa gobernador kasuarin Lunes."),
    ("bcl", "Dai nin nakulgan sa sulo kasubanggi alagad sampulong harong an nasulo harani sa saod."),
    ("bcl", "Mapoon sa masunod na semana an paghirahay kan tulay na naraot kan bagyo."),
    ("pam", "Mitipun la ring magtanim king plasa ba rong iparamdam ing karelang daing king gobernador."),
    ("pam", "Alang mesakit king silab kabenging Lunes dapot apulung bale ing mesilab malapit king palengki."),
    ("pam", "Magumpisa ya king tutuking paruminggu ing pamangayus ning tete a mesira uling ning bagyu."),
    ("en", "Volunteers carried sandbags to the riverbank all night while the school gym filled with families."),
    (
        "taglish",
        "Nag-announce ang city hall na suspended ang classes bukas dahil sa heavy rain at flooding sa downtown area.",
    ),
    (
        "taglish",
        "Sabi ng engineer, almost done na ang repair ng bridge pero kailangan pa ng final inspection next week.",
    ),
    ("id", "Warga desa menanam seribu pohon di tepi sungai agar banjir tidak lagi merendam rumah mereka."),
    ("ms", "Penduduk kampung menanam seribu pokok di tepi sungai supaya banjir tidak lagi melanda rumah mereka."),
    ("es", "Los vecinos plantaron mil árboles junto al río para que el agua no vuelva a entrar en sus casas."),
)


def test_the_method_on_sentences_that_its_lists_were_not_made_from() -> None:
    accepted = {"taglish": ("tl", "en")}
    right = [language_of(text) in accepted.get(code, (code,)) for code, text in HELD_OUT]
    assert sum(right) >= 24
