"""Phrases for the English papers."""

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
        return rng.choice(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))
    if name == "month":
        return rng.choice(("January", "February", "March", "April", "May", "June", "July", "August", "September"))
    if name == "hour":
        return f"{rng.randint(5, 11)} {rng.choice(('in the morning', 'in the evening'))}"
    low, high = ranges[name]
    return f"{rng.randint(low, high):,}"


_ROADS = Topic(
    section="news",
    tags=("Roads", "Public works", "Traffic"),
    titles=(
        "{road} in {place} to [close|narrow to one lane] for [repairs|drainage works] from {weekday}",
        "Repair of {road} [starts|begins] with {money} from [{office}|the district]",
        "Residents of {village} ask [when|why] {road} [will be finished|is dug up again]",
    ),
    retitles=(
        "{road} works [pushed back|put off] to {month}, {office} says",
        "{office}: {road} to [reopen|be passable] by {month}",
    ),
    standfirsts=(
        "Drivers are told to [leave early|take the back roads] while {road} is under repair.",
        "The works cost {money} and are to last {few} weeks.",
    ),
    leads=(
        "{office} will [close|dig up] a stretch of {km} kilometres of {road} from {weekday}, [weeks earlier than planned|after two delays], {official} said.",
        "Crews [began|resumed] the repair of {road} [near|outside] {village} on {weekday}, and {official} expects the work to take {few} weeks.",
    ),
    details=(
        "The contractor has [brought|moved] {dozens} workers and {few} rollers to a yard [behind the market|beside the bridge], and [works until {hour}|pours asphalt at night].",
        "Jeepneys and buses will [turn|be sent] through {village}, which [adds|means] about {dozens} minutes at [peak hours|school opening].",
        "Surveyors [counted|marked] {hundreds} potholes along the road after the [rains of {month}|last wet season], most of them [near the culverts|on the slope].",
        "Shopkeepers [complain|fear] that customers [stay away|park elsewhere], and one of them put her loss at {hundreds} a day.",
        "{expert} [warned|noted] that without [new gutters|a deeper drain] the surface would [break up|sink] again within {few} years.",
        "A footpath of {hundreds} metres is [part of|added to] the contract, [with lamps|with a railing] on the side of the {school} gate.",
        "The district engineer [signed|returned] the revised plan on {weekday} after [checking|questioning] the price of gravel.",
    ),
)

_SCHOOL = Topic(
    section="news",
    tags=("Education", "Schools", "Teachers"),
    titles=(
        "{school} [opens|gets] {few} new classrooms [for|before] {month} classes",
        "[Pupils|Students] of {school} [win|share] {few} prizes at [science|robotics|essay] fair",
        "{school} [starts|tries out] weekend reading classes for {hundreds} pupils",
    ),
    retitles=(
        "{school} classrooms [handed over|in use] after [long|two-year] wait",
        "What {school} did with its [reading|science] hour",
    ),
    standfirsts=(
        "Parents [carried|painted] the desks themselves, and {resident} kept the list.",
        "The head teacher says {dozens} pupils had been learning in a corridor.",
    ),
    leads=(
        "{hundreds} pupils of {school} in {place} [moved|will move] into [new|repaired] rooms on {weekday}, {official} [announced|told parents].",
        "{school} [received|unpacked] {thousands} books [and {dozens} desks|and a small laboratory] this week, the largest gift in its [history|{dozens} years].",
    ),
    details=(
        "Classes had been [held in shifts|taught in the chapel] since {month}, when [wind|termites] damaged the roof of the old [wing|building].",
        "The parents’ association [raised|collected] {money}, [mostly from raffles|with the help of former pupils], and [paid|matched] the carpenters’ wages.",
        "“My daughter [reads to her brother|counts in two languages] now,” said {resident}, who [waits|sells fruit] at the gate every [noon|afternoon].",
        "{expert} [trained|coached] {dozens} teachers in [reading|mathematics] for {few} Saturdays without [pay|any allowance].",
        "The school still lacks [running water|a fence|a nurse] on {few} days of the week, according to its [own report|principal].",
        "Enrolment [rose|fell] to {thousands} this year as families [moved|came back] to the housing site near {road}.",
        "An inspection on {weekday} found [wiring|stairs] that [must be replaced|do not meet the code] in {few} rooms.",
    ),
)

_HEALTH = Topic(
    section="health",
    tags=("Health", "Hospital", "Dengue"),
    titles=(
        "[Clinic|Health centre] in {village} [extends|doubles] its hours [as|after] dengue cases [rise|reach {dozens}]",
        "{place} hospital [opens|adds] {dozens} beds [for mothers|in new ward]",
        "Health workers [visit|check] {hundreds} homes in {village} [after|amid] fever cases",
    ),
    retitles=(
        "Fever cases in {village} [down|slowing], {office} reports",
        "{place} hospital ward [short of|waits for] nurses",
    ),
    standfirsts=(
        "{dozens} patients were [seen|tested] in the first week, most of them children.",
        "The centre now stays open until {hour}.",
    ),
    leads=(
        "Health workers [treated|examined] {hundreds} people in {village} last week as [fever|dengue] spread along the [creek|irrigation canal], {official} said.",
        "The [district|town] hospital in {place} [will open|opened] a ward with {dozens} beds on {weekday}, paid with {money} from [{office}|the province].",
    ),
    details=(
        "Nurses [emptied|turned over] {hundreds} tyres and [buckets|flower pots] in which mosquitoes [breed|had laid eggs].",
        "{expert} advised families to [come|ask for a test] on the second day of fever [and not later|without waiting for a rash].",
        "The pharmacy [ran out of|received] paracetamol syrup on {weekday}, [a shortage|a delivery] that lasted {few} days.",
        "{dozens} blood donors [answered|came after] the call on [radio|the parish loudspeaker], and the bank now holds {hundreds} bags.",
        "Mothers from the upper villages [walk|travel] {km} kilometres to the ward, [often at night|usually by tricycle].",
        "A vehicle [bought|repaired] with {money} is to [bring|carry] patients from {village} [twice a week|at no charge].",
        "The number of [births|check-ups] at the centre has [grown|doubled] since {month}, its logbook shows.",
    ),
)

_HARVEST = Topic(
    section="business",
    tags=("Farming", "Fisheries", "Prices"),
    titles=(
        "[Growers|Farmers] in {village} [expect|hope for] better prices [after|despite] [late rain|dry {month}]",
        "[Fish|Tilapia] catch off {place} [falls|recovers] [to|near] {dozens} tons a week",
        "{group} [opens|gets] cold store for [vegetables|fish] worth {money}",
    ),
    retitles=(
        "Cold store [cuts losses|changes trade] for [growers|fishers] of {village}",
        "[Harvest|Catch] around {place} [smaller|better] than feared",
    ),
    standfirsts=(
        "A kilo now [brings|costs] {dozens} at the gate, {group} says.",
        "{resident} has {few} hectares and a notebook of prices since {month}.",
    ),
    leads=(
        "Growers around {village} [brought in|sold] {dozens} tons [last week|by {weekday}], [less|more] than in the same week a year ago, figures of {group} show.",
        "{group} [switched on|opened] a cold store for {money} near {road}, and [{hundreds} members|its first customers] [have booked|are filling] the shelves.",
    ),
    details=(
        "Traders [offered|paid] {dozens} a kilo at dawn and [less|a little more] by noon, {resident} [wrote|noted] in a school notebook.",
        "Seed for the next season costs {hundreds} a sack, [up a fifth|unchanged] since {month}, and [fertiliser|diesel] is [dearer still|hardly cheaper].",
        "{expert} [recommends|tests] a variety that [stands|needs] {few} days under water before it rots.",
        "About {hundreds} families [live from|depend on] the [landing|fields], and {dozens} of them have [borrowed|taken credit] this year.",
        "Losses on the way to market were [a third|a quarter] of the load, because trucks [wait|stand] {few} hours at the weighbridge.",
        "The [province|district] promised {dozens} pumps, of which {few} [had arrived|were working] on {weekday}.",
        "Members vote on [the storage fee|a joint truck] in {month}, and [opinions differ|most seem willing].",
    ),
)

_COUNCIL = Topic(
    section="politics",
    tags=("Council", "Budget", "Ordinance"),
    titles=(
        "{place} council [passes|delays] {money} budget [after|in] [long|{few}-hour] session",
        "Council [bans|limits] [plastic bags|night trucks|loud karaoke] in {place} from {month}",
        "{official} [asks|presses] council for {money} [for|towards] {village} [bridge|seawall]",
    ),
    retitles=(
        "{place} council vote [challenged|questioned] by {group}",
        "{official} [defends|explains] {place} [budget|ordinance]",
    ),
    standfirsts=(
        "{few} councillors voted against, and one [left|walked out].",
        "The text [takes effect|comes back] in {month}.",
    ),
    leads=(
        "The council of {place} [approved|put off] a measure worth {money} on {weekday} after [a session of {few} hours|a heated debate] in a full hall.",
        "{official} [asked|urged] the council of {place} on {weekday} to [set aside|release] {money} before [the rainy season|the books close].",
    ),
    details=(
        "{few} members voted against, [saying|arguing] that the committee had [read|received] the figures only the [night|day] before.",
        "The largest share, {money}, goes to [roads|salaries|health], followed by [schools|drainage] and [debt|street lighting].",
        "{group} [handed in|collected] {thousands} signatures, of which the clerk [accepted|has checked] {hundreds}.",
        "Vendors who [break|ignore] the rule would [pay|be fined] {hundreds} for a [first|third] offence, half of that in the first months.",
        "“Show us the [receipts|drawings] before you show us the [ribbon|tarpaulin],” {resident} [called|said] from the public benches.",
        "{expert} told the members that similar rules [worked|failed] in {few} neighbouring towns, [mainly|only] where they were [enforced|explained].",
        "The minutes will be [posted|read out] on {weekday}, and objections can be [filed|sent] within {dozens} days.",
    ),
)

_WATER = Topic(
    section="news",
    tags=("Water", "Utilities", "Drought"),
    titles=(
        "Taps in {village} [dry|run dry] for [a third day|{few} days] as pump [fails|burns out]",
        "New [well|pipe|reservoir] to bring water to {hundreds} homes in {village}",
        "Water district [raises|freezes] rates [in|for] {place} [until|from] {month}",
    ),
    retitles=(
        "Water back in {village} after [long week|repairs]",
        "{office} [explains|admits] delay at {village} pump",
    ),
    standfirsts=(
        "Tankers bring {thousands} litres a day, and the queue starts at {hour}.",
        "A spare part had to come from the capital.",
    ),
    leads=(
        "About {hundreds} households in {village} have been without water since {weekday}, when the [pump|main] [below the school|near {road}] gave out.",
        "A pipe of {km} kilometres will [carry|bring] spring water to {village} by {month}, {official} said at the [tank|site] on {weekday}.",
    ),
    details=(
        "Tankers [fill|deliver] {thousands} litres at {few} points, and neighbours [keep|guard] the places of those who [work|are ill].",
        "The pump, [bought|installed] {dozens} years ago, had been [repaired|rewound] {few} times, an engineer [said|told this paper].",
        "{resident} [stores|boils] rain in {dozens} jars and [shares|sells none of] it with the [family|widow] next door.",
        "Leaks [swallow|lose] almost a third of what is pumped, according to a [study|count] by {expert}.",
        "The price of a [drum|jerrycan] [rose|doubled] to {dozens} during the [outage|dry week], before {office} [stepped in|set a limit].",
        "Workers [laid|welded] {hundreds} metres before the rock [became|turned] too hard for the [digger|rented machine].",
        "Tests on {weekday} [found|showed] the spring [clean|fit to drink] after {few} samples.",
    ),
)

_FESTIVAL = Topic(
    section="culture",
    tags=("Festival", "Culture", "Heritage"),
    titles=(
        "{place} [prepares|gets ready] for [drum|lantern|harvest] festival with {dozens} groups",
        "[Old|Forgotten] songs of {village} [return|heard again] after {dozens} years",
        "[Museum|Library] in {place} [shows|opens] {hundreds} photographs of [fishers|market women|weavers]",
    ),
    retitles=(
        "Thousands at {place} festival [despite|under] rain",
        "How {village} [kept|found] its songs",
    ),
    standfirsts=(
        "The oldest player is {dozens}, and the youngest has just [learned|begun].",
        "Entry is free, and the doors [open|close] at {hour}.",
    ),
    leads=(
        "{dozens} groups from {few} towns will [dance|play] in the streets of {place} on {weekday}, [the largest number|more] since the festival [began|came back].",
        "A collection of {hundreds} photographs from {village} [opened|went on show] in {place} on {weekday}, gathered by {resident} over {dozens} years.",
    ),
    details=(
        "Costumes are [sewn|woven] from [pineapple fibre|banana leaf|old sacks], and each takes {few} [evenings|weeks].",
        "{expert} [recorded|wrote down] {dozens} verses from [her grandmother|singers over seventy], some in a [dialect|rhythm] no longer taught.",
        "The parade [starts|sets off] at {hour} from {road} and [ends|rests] in front of the [church|town hall].",
        "Hotels [report|have] {hundreds} bookings, and families [rent out|offer] rooms for {dozens} a night.",
        "“We [danced|sang] it wrong for years and nobody [minded|told us],” {resident} [laughed|admitted].",
        "Prizes of {money} [come|were given] from [traders|families abroad], half for [dance|music] and half for [floats|cooking].",
        "The hall was [restored|repainted] in {month} with boards from a [ferry|mill] that [sank|closed] long ago.",
    ),
)

_SPORTS = Topic(
    section="sports",
    tags=("Basketball", "Athletics", "League"),
    titles=(
        "{place} [beats|edges|stuns] {town} [in overtime|by {few} points] to [lead|reach final of] district league",
        "Runner from {village} [wins|takes] {km}-kilometre race in {town}",
        "{school} [girls|boys] [reach|win] volleyball final [in|after] {few} sets",
    ),
    retitles=(
        "{place} [coach|captain] praises bench after {town} game",
        "{village} runner [sets sights on|eyes] national meet",
    ),
    standfirsts=(
        "{hundreds} people watched, many from the roof of the market.",
        "The next match is on {weekday}.",
    ),
    leads=(
        "{place} [held on|came from behind] to beat {town} by {few} points on {weekday} [before|in front of] {hundreds} people in the [covered court|old gymnasium].",
        "A runner from {village} who trains [on {road}|between shifts] [won|took] the race of {km} kilometres in {town} on {weekday}, {few} seconds ahead of the field.",
    ),
    details=(
        "The home side [trailed|led] by {dozens} at the half, then [scored|conceded] {few} times in a row while the drums [went silent|never stopped].",
        "{expert}, who coaches [for nothing|after work], [changed|kept] the line-up after a [cramp|sprain] in training.",
        "The shoes were [borrowed|lent] by a cousin, [a size too large|already in their second year], {resident} [smiled|said].",
        "Referees [stopped|interrupted] the match for {dozens} minutes when [the lights failed|rain came through the roof].",
        "The league has {dozens} teams this year, {few} more than [last season|before], and [plays|ends] until {month}.",
        "{office} [pays|promised] the bus to the [regional|national] meet, {money} in all, and [meals|uniforms] on top.",
        "“We [lost|won] this on the [free throws|last lap],” the captain [admitted|said], [still|already] in slippers.",
    ),
)

_FLOOD = Topic(
    section="news",
    tags=("Weather", "Flood", "Disaster"),
    titles=(
        "Flood [forces|drives] {hundreds} from homes in {village}",
        "River at {village} [falls|drops] [below|under] alarm level [after|as] rain [eases|stops]",
        "[Landslide|Fallen trees] [cut|block] road [to|above] {village} [for|since] {few} [hours|days]",
    ),
    retitles=(
        "Families [return|go home] to {village} as water [recedes|goes down]",
        "Flood damage around {place} put at {money}",
    ),
    standfirsts=(
        "Nobody was hurt, but {dozens} houses [lost|need] their roofs.",
        "The school in {village} serves as [shelter|kitchen] for {few} days.",
    ),
    leads=(
        "Rain that [began|set in] on {weekday} [drove|sent] {hundreds} people from their homes in {village}, and {office} [opened|stocked] {few} shelters.",
        "The river at {village} [rose|swelled] by {few} metres overnight and [stood|was] [at|just below] the bridge by {hour}, {official} said.",
    ),
    details=(
        "Volunteers in {dozens} boats [fetched|carried] [the old and the sick|children first], [using ropes|guided by lamps] on the lower streets.",
        "{resident} [saved|lost] {few} pigs, a sewing machine and [the school papers|a sack of rice] before the water [reached|took] the stairs.",
        "Power was [cut|switched off] for {thousands} customers and [came back|returned] street by street from {weekday}.",
        "{expert} [measured|recorded] {hundreds} millimetres in a day, [the most|the second highest figure] since records [began|were kept] there.",
        "The shelter [cooks|serves] {thousands} meals a day with rice from [traders|the province] and fish from the [boats|landing].",
        "Engineers [inspect|will check] the dike on {weekday}, [where|because] sand [boils|seeped] at {few} places.",
        "Relief worth {money} is [on its way|stored], though {few} trucks [wait|are stuck] beyond {road}.",
    ),
)

_FIRE = Topic(
    section="news",
    tags=("Fire", "Police", "Safety"),
    titles=(
        "Fire [destroys|guts] {dozens} stalls at {place} [market|terminal]",
        "Police in {place} [return|find] {dozens} stolen [motorcycles|outboard engines|phones]",
        "[Lost|Missing] [fishers|hikers] from {village} [found|safe] after {few} days",
    ),
    retitles=(
        "{place} [stallholders|owners] [begin again|count losses]",
        "Praise for {village} volunteers after [fire|search]",
    ),
    standfirsts=(
        "The alarm came at {hour}, and neighbours formed a chain with buckets.",
        "The cause is not yet known.",
    ),
    leads=(
        "A fire [destroyed|swept through] {dozens} stalls in {place} [early on|late on] {weekday}, causing damage of {money}, {official} said.",
        "Police [returned|showed] {dozens} stolen [motorcycles|engines] to their owners in {place} on {weekday}, [found|seized] in a [warehouse|rice mill] near {road}.",
    ),
    details=(
        "Neighbours [passed|handed] buckets along a line of {dozens} people until {few} engines [arrived|came] from {town}.",
        "{resident} [smelled|saw] smoke at {hour} and [rang|ran to ring] the chapel bell.",
        "Investigators [look at|examine] a [charger|rice cooker|cable] left [plugged in|overnight] near stall {dozens}.",
        "Owners must [bring|show] papers at the station, where {hundreds} parts are [still|now] laid out [on the floor|by number].",
        "{expert} had [warned|written] in {month} that the [hydrants|exits] were blocked by {few} kiosks.",
        "A fund [set up|started] by {group} [reached|holds] {money}, and a carpenter offered {few} free days.",
        "{dozens} families [sleep|stay] in the gymnasium, where {office} [hands out|brought] mats and [soup|milk].",
    ),
)

GENERAL = (
    "“We [asked|heard] the people first, and their answer was [clear|plain] enough,” {official} [said|told reporters].",
    "{official} [did not say|left open] what would happen if the money [ran out|came late], as it did in {month}.",
    "A [meeting|hearing] is [set|called] for {weekday} at {hour} in the [covered court|parish hall] of {village}.",
    "{resident} has [lived|worked] beside {road} for {dozens} years and [remembers|keeps] every promise [made|broken].",
    "“It is [not much|a beginning], but it is [ours|more than last year],” {resident} said [with a shrug|and laughed].",
    "Figures [kept|published] by {office} show {hundreds} such cases in {place} since {month}, {dozens} of them [this quarter|in one village].",
    "{expert} [cautioned|believes] that {few} months are [too short|hardly enough] to [judge|measure] the effect.",
    "A copy of the [report|letter], {dozens} pages long, was [seen|read] by this paper on {weekday}.",
    "[Neither|No one at] the [company|contractor] [answered|returned] {few} calls made on {weekday} [and the day after|afternoon].",
    "The town of {town}, {km} kilometres away, [tried|did] the same in {month} and [gave up|carried on] after {few} weeks.",
    "Members of {group} [offered|agreed] to [help|lend a hand] on {few} weekends, [tools included|bringing their own food].",
    "The [cost|bill], {money}, is [shared|split] between {office} and the [province|national agency].",
    "[Older|Elderly] people in {village} [speak of|recall] a [similar|worse] year, when {hundreds} [left|moved] for the city.",
    "Children [watched|followed] from the [wall|roof] of {school} and [cheered|counted] every [truck|boat].",
    "{official} [promised|announced] a written [answer|account] by the end of {month}, and [not a day later|sooner if possible].",
    "The office can be [reached|visited] from {weekday} to {weekday}, and [forms|papers] are [free|handed out] at window {few}.",
    "“[Come back|Ask me] in {few} months and [count|look] again,” {expert} [added|said].",
    "By {hour} the [square|street] was [empty|swept], and only {few} [vendors|guards] [remained|stayed on].",
    "Similar plans were [announced|drawn up] {dozens} years ago, but [never left|ended in] the drawer, {resident} [said|recalls].",
    "The [parish|cooperative] of {village} [lent|gave] its [truck|kitchen] and asked for [nothing|diesel only] in return.",
    "A [survey|poll] among {hundreds} households [found|showed] that {few} in ten [agreed|had heard of it].",
    "{office} has {dozens} [inspectors|clerks] for {hundreds} square kilometres, [fewer|three fewer] than in {month}.",
    "Part of the [delay|trouble], officials [concede|say], [was|came from] a form that had to be [signed|stamped] in {few} offices.",
    "On {weekday} [evening|morning] about {dozens} people [gathered|stood] outside the [hall|office] with [candles|umbrellas].",
    "The [governor|province] is [expected|due] in {place} on {weekday}, [for the first time|again] since {month}.",
    "“I [keep|have] the [list|papers] at home,” said {resident}, [pointing|nodding] to a tin box [with {dozens} letters|on the shelf].",
    "What [worries|troubles] {expert} most is [the coming season|maintenance], for which {money} [is missing|has been cut].",
    "Radio [stations|listeners] in {town} [took up|discussed] the matter for {few} days, [mostly|often] with [anger|good humour].",
    "For the [drivers|families] of {village} it [means|saves] {dozens} minutes a day, and [less dust|fewer worries].",
    "The [first|next] [payment|stage], about {money}, [falls due|begins] in {month}.",
    "{group} [keeps|publishes] its own [count|book], which [differs|departs] by {dozens} from the [official|printed] one.",
    "A [lawyer|teacher] who [asked not|preferred not] to be named called the [rules|figures] “[clear|muddled] on paper and [late|empty] in practice.”",
    "Señora Ibañez, who [runs|owns] the [eatery|bakery] on the corner, [gave|sold] {hundreds} [buns|meals] on {weekday}.",
    "The last such [visit|check] — in {month} — had [found|listed] {dozens} faults, {few} of which [remain|were mended].",
)

ENGLISH = Bank(
    language="en",
    topics=(_ROADS, _SCHOOL, _HEALTH, _HARVEST, _COUNCIL, _WATER, _FESTIVAL, _SPORTS, _FLOOD, _FIRE),
    general=GENERAL,
    corrections=(
        "Correction: an earlier version of this story gave a wrong figure for {village}. The number is {hundreds}.",
        "Correction: this report has been changed to say that the meeting in {place} is on {weekday}.",
        "Editor’s note: the amount given by {office} was misstated in an earlier version of this report.",
    ),
    swaps=(
        ("said", "claimed"),
        ("about", "nearly"),
        ("will", "may"),
        ("promised", "suggested"),
        ("On Monday", "On Tuesday"),
        ("this week", "last week"),
        ("families", "households"),
        ("people", "residents"),
        ("months", "weeks"),
        ("the", "the said"),
    ),
    numbers=_numbers,
    most_paragraphs=9,
    last_words=("Inquiries go on.", "More is to follow."),
)
