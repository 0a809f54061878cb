"""Phrases for the Filipino paper."""

# ruff: noqa: E501 - one phrase a line, however long

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.newsroom.texts import Bank, Topic

if TYPE_CHECKING:
    from random import Random


def _numbers(rng: Random, name: str) -> str:
    ranges = {"few": (3, 9), "dozens": (12, 96), "hundreds": (105, 980), "thousands": (1050, 9800), "km": (2, 39)}
    if name == "amount":
        return f"{rng.randint(2, 48)}.{rng.randint(1, 9)}"
    if name == "weekday":
        return rng.choice(("Lunes", "Martes", "Miyerkoles", "Huwebes", "Biyernes", "Sabado", "Linggo"))
    if name == "month":
        return rng.choice(("Enero", "Pebrero", "Marso", "Abril", "Mayo", "Hunyo", "Hulyo", "Agosto", "Setyembre"))
    if name == "hour":
        return f"alas-{rng.choice(('singko', 'sais', 'siyete', 'otso', 'nuwebe'))} ng {rng.choice(('umaga', 'gabi'))}"
    low, high = ranges[name]
    return f"{rng.randint(low, high):,}"


_DAAN = Topic(
    section="balita",
    tags=("Kalsada", "Trapiko", "Pagawaing bayan"),
    titles=(
        "{road} sa {place}, [isasara|kukumpunihin] simula {weekday}",
        "Pagkumpuni sa {road}, [sinimulan na|itutuloy] sa halagang {money}",
        "Mga taga-{village}, [nagtatanong|nagrereklamo] kung kailan matatapos ang {road}",
    ),
    retitles=(
        "Gawain sa {road}, [naantala|inilipat] hanggang {month}",
        "{office}: {road}, madaraanan [muli|na] sa {month}",
    ),
    standfirsts=(
        "Pinapayuhan ang mga tsuper na [umalis nang maaga|dumaan sa ibang kalsada].",
        "Tatagal ng {few} linggo ang gawain, ayon sa {office}.",
    ),
    leads=(
        "Isasara ng {office} ang {km} kilometrong bahagi ng {road} simula {weekday} upang [palitan ang kanal|ayusin ang sementong lubak-lubak], ayon kay {official}.",
        "Sinimulan ng mga manggagawa ang pagkumpuni sa {road} malapit sa {village} noong {weekday}, at inaasahan ni {official} na matatapos ito sa loob ng {few} linggo.",
    ),
    details=(
        "Nagdala ang kontratista ng {dozens} manggagawa at {few} makina, at [nagtatrabaho sila hanggang {hour}|sa gabi nila ibinubuhos ang aspalto].",
        "Ang mga dyip ay [iikot|padaraanin] sa {village}, kaya madaragdagan ng {dozens} minuto ang biyahe [tuwing umaga|sa oras ng uwian].",
        "Nakapagtala ang mga inhinyero ng {hundreds} lubak matapos ang [mga ulan noong {month}|nakaraang habagat].",
        "Nangangamba ang mga may-ari ng tindahan na [lilipat|hihina] ang kanilang mga suki habang [may hukay|sarado ang kalsada].",
        "Nagbabala si {expert} na kung walang [bagong kanal|mas malalim na alulod] ay masisira ulit ang daan sa loob ng {few} taon.",
        "Kasama sa kontrata ang bangketang {hundreds} metro ang haba sa tapat ng {school}, [may ilaw|may barandilya] sa buong haba nito.",
    ),
)

_PAARALAN = Topic(
    section="balita",
    tags=("Edukasyon", "Paaralan", "Guro"),
    titles=(
        "{few} bagong silid-aralan, [binuksan|ibinigay] sa {school}",
        "Mga mag-aaral ng {school}, [nagwagi|kinilala] sa paligsahan sa [agham|pagsulat|sipnayan]",
        "{school}, [nagsimula|susubok] ng klase sa pagbasa tuwing {weekday}",
    ),
    retitles=(
        "Mga silid-aralan ng {school}, [nagagamit na|napuno na] matapos ang mahabang paghihintay",
        "Ano ang ginawa ng {school} sa oras ng [pagbasa|agham]",
    ),
    standfirsts=(
        "Mga magulang mismo ang [nagpinta|nagbuhat] ng mga upuan.",
        "May {dozens} batang dating nag-aaral sa pasilyo, sabi ng punong-guro.",
    ),
    leads=(
        "Lumipat na sa [bago|kinumpuning] mga silid ang {hundreds} mag-aaral ng {school} noong {weekday}, ayon kay {official}.",
        "Tumanggap ang {school} ng {thousands} aklat at {dozens} mesa ngayong linggo, ang pinakamalaking handog sa kasaysayan nito.",
    ),
    details=(
        "Mula pa noong {month} ay [salitan|sa kapilya] ang klase dahil [nilipad ng hangin|inanay] ang bubong ng lumang gusali.",
        "Nakalikom ang samahan ng mga magulang ng {money}, [karamihan ay mula sa ripa|sa tulong ng mga nagtapos], para sa sahod ng mga karpintero.",
        "“[Nagbabasa na|Nagbibilang na] ang anak ko sa kaniyang kapatid,” sabi ni {resident}, na [nagtitinda|naghihintay] sa tarangkahan tuwing hapon.",
        "Sinanay ni {expert} ang {dozens} guro sa loob ng {few} Sabado nang walang [bayad|anumang kapalit].",
        "Wala pa ring [tubig|bakod|nars] ang paaralan sa {few} araw bawat linggo, ayon sa sarili nitong ulat.",
        "Umabot sa {thousands} ang nagpatala ngayong taon dahil [may mga lumipat|bumalik ang mga pamilya] sa pabahay malapit sa {road}.",
    ),
)

_KALUSUGAN = Topic(
    section="kalusugan",
    tags=("Kalusugan", "Ospital", "Dengue"),
    titles=(
        "Health center sa {village}, [pinahaba|dinagdagan] ang oras dahil sa dengue",
        "Ospital sa {place}, [may dagdag na|nagbukas ng] {dozens} kama",
        "{hundreds} bahay sa {village}, [binisita|siniyasat] ng mga health worker",
    ),
    retitles=(
        "Mga kaso ng lagnat sa {village}, [bumababa|bumagal] na",
        "Ospital sa {place}, [kulang sa|naghihintay ng] nars",
    ),
    standfirsts=(
        "Karamihan sa {dozens} pasyente noong unang linggo ay mga bata.",
        "Bukas na ang klinika hanggang {hour}.",
    ),
    leads=(
        "Ginamot ng mga health worker ang {hundreds} katao sa {village} noong nakaraang linggo habang kumakalat ang [lagnat|dengue] sa tabi ng [sapa|kanal], ayon kay {official}.",
        "Binuksan ng ospital sa {place} noong {weekday} ang isang ward na may {dozens} kama na nagkakahalaga ng {money}.",
    ),
    details=(
        "Itinaob ng mga nars ang {hundreds} gulong at [balde|paso] na pinamumugaran ng lamok.",
        "Payo ni {expert} sa mga pamilya na [magpasuri|pumunta] sa ikalawang araw ng lagnat at huwag nang [maghintay ng pantal|magpatumpik-tumpik].",
        "[Naubusan|Dumating ang suplay] ng gamot sa botika noong {weekday}, at tumagal iyon ng {few} araw.",
        "May {dozens} taong nagbigay ng dugo matapos ang panawagan sa [radyo|simbahan], at may {hundreds} supot na ngayon ang imbakan.",
        "Naglalakad ng {km} kilometro ang mga ina mula sa itaas na mga sitio, [madalas ay gabi|karaniwan ay may karga].",
        "Isang sasakyang [binili|kinumpuni] sa halagang {money} ang maghahatid ng mga pasyente mula {village} nang [libre|dalawang beses sa isang linggo].",
    ),
)

_KABUHAYAN = Topic(
    section="kabuhayan",
    tags=("Pagsasaka", "Pangingisda", "Presyo"),
    titles=(
        "Mga [magsasaka|magniniyog] sa {village}, [umaasa|nananawagan] ng mas magandang presyo",
        "Huli ng isda sa {place}, [bumaba|nakabawi] sa {dozens} tonelada kada linggo",
        "{group}, [nagbukas|magkakaroon] ng imbakang nagkakahalaga ng {money}",
    ),
    retitles=(
        "Imbakan, [nagbawas ng lugi|nagpabago ng kalakalan] sa {village}",
        "[Ani|Huli] sa paligid ng {place}, mas [kaunti|mabuti] kaysa inaasahan",
    ),
    standfirsts=(
        "Ang isang kilo ay {dozens} piso na ngayon sa bukid, ayon sa {group}.",
        "May kuwaderno ng mga presyo si {resident} mula pa noong {month}.",
    ),
    leads=(
        "Nakapagbenta ang mga magsasaka sa paligid ng {village} ng {dozens} tonelada noong nakaraang linggo, [mas mababa|mas mataas] kaysa noong isang taon, ayon sa tala ng {group}.",
        "Binuksan ng {group} ang isang malamig na imbakan sa halagang {money} malapit sa {road}, at {hundreds} kasapi na ang [nagpareserba|gumagamit] nito.",
    ),
    details=(
        "Nag-alok ang mga mamimili ng {dozens} piso sa madaling-araw at [mas mababa|bahagyang mas mataas] pagsapit ng tanghali, tala ni {resident}.",
        "Ang binhi para sa susunod na taniman ay {hundreds} piso ang sako, at [ang abono|ang krudo] ay [mas mahal pa|halos hindi nagbago].",
        "Sinusubok ni {expert} ang uring [nakatatagal|nabubuhay] nang {few} araw sa ilalim ng tubig.",
        "Mga {hundreds} pamilya ang umaasa sa [daungan|bukirin], at {dozens} sa kanila ang [nangutang|nagsangla] ngayong taon.",
        "Umaabot sa [sangkatlo|sangkapat] ng karga ang nasisira dahil {few} oras naghihintay ang mga trak sa timbangan.",
        "Nangako ang lalawigan ng {dozens} bomba ng tubig, ngunit {few} pa lamang ang [dumating|gumagana] noong {weekday}.",
    ),
)

_KONSEHO = Topic(
    section="balita",
    tags=("Konseho", "Badyet", "Ordinansa"),
    titles=(
        "Konseho ng {place}, [pinagtibay|ipinagpaliban] ang badyet na {money}",
        "[Plastik|Maingay na karaoke|Trak sa gabi], bawal na sa {place} simula {month}",
        "{money} para sa [tulay|pader-dagat] ng {village}, hiniling sa konseho",
    ),
    retitles=(
        "Boto ng konseho ng {place}, [kinuwestiyon|tinutulan] ng {group}",
        "Badyet ng {place}, [ipinaliwanag|ipinagtanggol] sa mga residente",
    ),
    standfirsts=(
        "May {few} konsehal na bumoto nang tutol.",
        "Magkakabisa ang ordinansa sa {month}.",
    ),
    leads=(
        "Pinagtibay ng konseho ng {place} noong {weekday} ang panukalang nagkakahalaga ng {money} matapos ang {few} oras na [sesyon|mainit na talakayan].",
        "Hiniling ni {official} sa konseho noong {weekday} na [ilabas|ilaan] ang {money} bago [mag-tag-ulan|magsara ang taon].",
    ),
    details=(
        "Tumutol ang {few} kasapi dahil [gabi na|isang araw bago] nang matanggap nila ang mga numero.",
        "Ang pinakamalaking bahagi ay mapupunta sa [kalsada|sahod|kalusugan], kasunod ang [paaralan|kanal] at ang [utang|ilaw sa lansangan].",
        "Nagsumite ang {group} ng {thousands} lagda, at {hundreds} sa mga ito ang [tinanggap|nasuri] na ng kalihim.",
        "Magmumulta ng {hundreds} piso ang mga [lalabag|hindi susunod] sa unang pagkakataon.",
        "“Ipakita muna ninyo ang [resibo|plano] bago ang [laso|tarpaulin],” sigaw ni {resident} mula sa likuran.",
        "Ipapaskil ang katitikan sa {weekday}, at maaaring maghain ng pagtutol sa loob ng {dozens} araw.",
    ),
)

_BAHA = Topic(
    section="balita",
    tags=("Panahon", "Baha", "Sakuna"),
    titles=(
        "{hundreds} katao sa {village}, [lumikas|inilikas] dahil sa baha",
        "Ilog sa {village}, [bumaba na|humupa] matapos ang ulan",
        "Daan patungong {village}, [naharangan|sarado] dahil sa [gumuhong lupa|natumbang puno]",
    ),
    retitles=(
        "Mga pamilya sa {village}, [nakauwi na|pauwi na] matapos ang baha",
        "Pinsala ng baha sa {place}, umabot sa {money}",
    ),
    standfirsts=(
        "Walang nasaktan, ngunit {dozens} bahay ang nawalan ng bubong.",
        "Ginagamit na [silungan|kusina] ang paaralan sa {village}.",
    ),
    leads=(
        "Lumikas ang {hundreds} katao sa {village} dahil sa ulang nagsimula noong {weekday}, at nagbukas ang {office} ng {few} silungan.",
        "Tumaas nang {few} metro ang ilog sa {village} sa magdamag at umabot sa [tulay|dike] pagsapit ng {hour}, ayon kay {official}.",
    ),
    details=(
        "Sakay ng {dozens} bangka, sinundo ng mga boluntaryo ang [matatanda at maysakit|mga bata] sa mabababang kalye.",
        "Nailigtas ni {resident} ang {few} baboy, isang makinang panahi at [ang mga papeles|isang sakong bigas] bago umakyat ang tubig.",
        "Nawalan ng kuryente ang {thousands} kabahayan at [unti-unti|isa-isang kalye] itong ibinalik simula {weekday}.",
        "Nakapagtala si {expert} ng {hundreds} milimetrong ulan sa isang araw, [pinakamataas|ikalawang pinakamataas] mula nang magkatala.",
        "Nagluluto ang silungan ng {thousands} pagkain bawat araw mula sa bigas ng [mga negosyante|lalawigan].",
        "Susuriin ng mga inhinyero ang dike sa {weekday} dahil [may tagas|lumambot ang lupa] sa {few} lugar.",
    ),
)

_PISTA = Topic(
    section="kultura",
    tags=("Pista", "Kultura", "Pamana"),
    titles=(
        "{place}, [naghahanda|handa na] para sa pista ng [tambol|parol|ani]",
        "Mga lumang awit ng {village}, [muling narinig|binuhay] matapos ang {dozens} taon",
        "{hundreds} larawan ng mga [mangingisda|manghahabi], [ipinakita|itinanghal] sa {place}",
    ),
    retitles=(
        "Libo-libo, dumalo sa pista ng {place} [kahit umulan|sa gitna ng ulan]",
        "Paano [iningatan|natagpuan] ng {village} ang mga awit nito",
    ),
    standfirsts=(
        "Ang pinakamatandang kalahok ay {dozens} taong gulang.",
        "Libre ang pasok hanggang {hour}.",
    ),
    leads=(
        "Sasayaw sa mga lansangan ng {place} sa {weekday} ang {dozens} pangkat mula sa {few} bayan, [pinakamarami|mas marami] mula nang ibalik ang pista.",
        "Binuksan sa {place} noong {weekday} ang tanghalan ng {hundreds} larawang tinipon ni {resident} sa loob ng {dozens} taon.",
    ),
    details=(
        "Ang mga kasuotan ay [tinahi|hinabi] mula sa [hibla ng pinya|dahon ng saging|lumang sako] sa loob ng {few} gabi.",
        "Isinulat ni {expert} ang {dozens} taludtod na narinig niya sa [kaniyang lola|mga mang-aawit na lampas pitumpu].",
        "Magsisimula ang parada nang {hour} sa {road} at magtatapos sa harap ng [simbahan|munisipyo].",
        "May {hundreds} nagpareserba sa mga bahay-panuluyan, at [nagpapaupa|nag-aalok] ng silid ang mga pamilya.",
        "“Ilang taon naming [sinayaw|inawit] iyon nang mali at walang [pumuna|nagsabi],” natatawang wika ni {resident}.",
        "Ang gantimpalang {money} ay mula sa [mga negosyante|mga kababayan sa ibang bansa].",
    ),
)

GENERAL = (
    "“Tinanong muna namin ang mga tao, at [malinaw|payak] ang kanilang sagot,” [sabi|wika] ni {official}.",
    "Hindi binanggit ni {official} kung ano ang mangyayari kapag [naubos|naantala] ang pondo, gaya noong {month}.",
    "May [pulong|pagdinig] sa {weekday}, {hour}, sa [basketball court|bulwagan ng parokya] ng {village}.",
    "{dozens} taon nang [nakatira|naghahanapbuhay] si {resident} sa tabi ng {road} at [natatandaan|inililista] niya ang bawat pangako.",
    "“[Hindi ito malaki|Simula pa lamang ito], pero [amin ito|mas mabuti kaysa noong isang taon],” ani {resident}.",
    "Ayon sa talaan ng {office}, may {hundreds} ganitong kaso sa {place} mula noong {month}, at {dozens} dito ay sa [iisang barangay|kabayanan].",
    "Sinabi ni {expert} na [maikli|hindi sapat] ang {few} buwan upang [sukatin|husgahan] ang bisa nito.",
    "Nakita ng pahayagang ito noong {weekday} ang sipi ng [ulat|liham] na may {dozens} pahina.",
    "Hindi sumagot ang [kompanya|kontratista] sa {few} tawag noong {weekday} [at kinabukasan|hanggang hapon].",
    "Sinubukan din ito ng bayan ng {town}, {km} kilometro ang layo, noong {month} at [itinigil|itinuloy] matapos ang {few} linggo.",
    "Nag-alok ang mga kasapi ng {group} na [tumulong|magbayanihan] sa loob ng {few} Sabado, [dala ang sariling gamit|may baong pagkain].",
    "Ang gastos na {money} ay [paghahatian|babalikatin] ng {office} at ng [lalawigan|pambansang ahensiya].",
    "Naaalala ng matatanda sa {village} ang [katulad|mas masahol] na taon nang {hundreds} katao ang [lumuwas|umalis].",
    "Nanood ang mga bata mula sa [pader|bubong] ng {school} at [nagbilang|naghiyawan] sa bawat [trak|bangka].",
    "Nangako si {official} ng nakasulat na [sagot|paliwanag] bago matapos ang {month}.",
    "Bukas ang tanggapan mula {weekday} hanggang {weekday}, at [libre|ibinibigay] ang mga papel sa bintana {few}.",
    "“[Bumalik kayo|Tanungin ninyo ako] pagkaraan ng {few} buwan,” dagdag ni {expert}.",
    "Pagsapit ng {hour} ay [wala nang tao|malinis na] ang plasa, at {few} [tindera|bantay] na lamang ang naiwan.",
    "May ganitong plano na {dozens} taon ang nakalilipas, ngunit [nanatili|nalimutan] iyon sa aparador, [sabi|kuwento] ni {resident}.",
    "Ipinahiram ng [parokya|kooperatiba] ng {village} ang [trak|kusina] nito at [walang hininging|krudo lang ang] kapalit.",
    "Sa isang tanungan sa {hundreds} sambahayan, {few} sa bawat sampu ang [sumang-ayon|nakarinig na tungkol dito].",
    "May {dozens} [inspektor|kawani] ang {office} para sa {hundreds} kilometro kuwadrado, mas kaunti kaysa noong {month}.",
    "Bahagi ng [antala|problema] ang isang papel na kailangang [pirmahan|tatakan] sa {few} tanggapan.",
    "Noong {weekday} ay may {dozens} taong [nagtipon|tumayo] sa labas ng [bulwagan|munisipyo] na may [kandila|payong].",
    "Inaasahan sa {place} sa {weekday} ang gobernador, [sa unang pagkakataon|muli] mula noong {month}.",
    "“Nasa bahay ang [listahan|mga papel],” sabi ni {resident} habang [itinuturo|hawak] ang latang may {dozens} liham.",
    "Para sa mga [tsuper|pamilya] ng {village}, {dozens} minuto bawat araw ang [natitipid|nababawas] at [mas kaunti ang alikabok|gumaan ang loob nila].",
    "Ang [susunod|unang] bayad na {money} ay sa {month} pa.",
    "May sariling [bilang|aklat] ang {group} na naiiba nang {dozens} sa [opisyal|nakalimbag] na tala.",
    "Namigay si Aling Niña, may-ari ng [karinderya|panaderya] sa kanto, ng {hundreds} [tinapay|pagkain] noong {weekday}.",
)

FILIPINO = Bank(
    language="tl",
    topics=(_DAAN, _PAARALAN, _KALUSUGAN, _KABUHAYAN, _KONSEHO, _BAHA, _PISTA),
    general=GENERAL,
    corrections=(
        "Pagwawasto: mali ang bilang na nailathala sa unang bersiyon ng balitang ito. Ang tama ay {hundreds}.",
        "Pagwawasto: itinama ang araw ng pulong sa {place}, na gaganapin sa {weekday}.",
        "Paalala ng patnugot: naiwasto na ang halagang ibinigay ng {office}.",
    ),
    swaps=(
        ("sabi", "giit"),
        ("ayon", "batay"),
        ("noong", "nitong"),
        ("pamilya", "sambahayan"),
        ("buwan", "linggo"),
        ("tao", "residente"),
        ("lamang", "na lamang"),
        ("ang", "ang nasabing"),
    ),
    numbers=_numbers,
    most_paragraphs=9,
    last_words=("Patuloy ang pagsisiyasat.", "May kasunod pa ito."),
)
