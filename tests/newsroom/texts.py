"""How a story's words are drawn: banks of phrases, a cast of people and places, and the expansion of both."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{(\w+)\}")
_LEAST_WORDS = 41  # of a paragraph
HEAD_NUMBERS = ("few", "dozens", "hundreds", "thousands", "km", "weekday", "month", "hour")


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a kind of story can say. ``[a|b]`` is a choice, ``{name}`` a person, a place or a number."""

    section: str
    tags: tuple[str, ...]
    titles: tuple[str, ...]
    retitles: tuple[str, ...]
    standfirsts: tuple[str, ...]
    leads: tuple[str, ...]
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """Everything one language can say about local news."""

    language: str
    topics: tuple[Topic, ...]
    general: tuple[str, ...]
    corrections: tuple[str, ...]
    swaps: tuple[tuple[str, str], ...]  # what a quiet hand changes: the first found word becomes the second
    numbers: Callable[[Random, str], str]  # a number slot and its printed value
    most_paragraphs: int
    last_words: tuple[str, ...]  # added to a paragraph where nothing can be swapped


class Words:
    """Draws sentences for one story: its own random numbers, its own cast."""

    def __init__(self, bank: Bank, cast: Mapping[str, str], rng: Random) -> None:
        self.bank = bank
        self.cast = cast
        self.rng = rng
        # What the title says, the first sentence repeats.
        self._head = {name: bank.numbers(rng, name) for name in HEAD_NUMBERS} | {"money": self._money()}

    def head(self, template: str) -> str:
        """Return a title, standfirst or lead: within a story all of these name the same numbers and days."""
        return self._expand(template, self._head)

    def say(self, template: str) -> str:
        """Return any other sentence: its numbers and days are its own."""
        return self._expand(template, {})

    def _expand(self, template: str, known: Mapping[str, str]) -> str:
        while "[" in template:
            template = _CHOICE.sub(lambda found: self.rng.choice(found[1].split("|")), template)
        text = " ".join(_SLOT.sub(lambda found: self._slot(found[1], known), template).split())
        return text[:1].upper() + text[1:]

    def _slot(self, name: str, known: Mapping[str, str]) -> str:
        if name in self.cast:
            return self.cast[name]
        if name in known:
            return known[name]
        return self._money() if name == "money" else self.bank.numbers(self.rng, name)

    def _money(self) -> str:
        return self.cast["currency"].replace("#", self.bank.numbers(self.rng, "amount"))


def compose(words: Words, topic: Topic) -> tuple[tuple[str, ...], ...]:
    """Return the paragraphs of a story, each as its sentences: the topic's own first, background after it."""
    rng = words.rng
    own = rng.sample(topic.details, len(topic.details))
    background = rng.sample(words.bank.general, len(words.bank.general))
    paragraphs: list[tuple[str, ...]] = []
    for number in range(rng.randint(5, words.bank.most_paragraphs)):
        sentences = [words.head(rng.choice(topic.leads))] if number == 0 else []
        while (own or background) and sum(len(sentence.split()) for sentence in sentences) < _LEAST_WORDS:
            is_own = own and (number < 2 or rng.random() < 0.4 or not background)
            sentences.append(words.say((own if is_own else background).pop()))
        paragraphs.append(tuple(sentences))
    return tuple(paragraphs)


def swap_words(text: str, bank: Bank, rng: Random) -> str:
    """Return the text with a word or two quietly changed: always different from what it was."""
    changed = text
    for old, new in rng.sample(bank.swaps, len(bank.swaps)):
        found = re.search(rf"(?<!\w){re.escape(old)}(?!\w)", changed)
        if found:
            changed = changed[: found.start()] + new + changed[found.end() :]
            if rng.random() < 0.6:
                break
    return changed if changed != text else f"{text} {rng.choice(bank.last_words)}"
