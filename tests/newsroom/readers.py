"""What readers write below a story: as many comments as its counter says, up to what one page of them shows."""

from __future__ import annotations

from random import Random

_SHOWN = 5
_WORDS = {
    "en": (
        ("Tess", "Thank you for this report."),
        ("old_reader", "Still waiting, and 250 views on nobody has answered."),
        ("Mang Ben", "My cousin was there, it was worse than you write."),
        ("J. Villar", "Good news at last."),
        ("rain_gauge", "Where can one read the whole letter?"),
    ),
    "tl": (
        ("Tess", "Salamat sa balita."),
        ("taga_roon", "Matagal na naming hinihintay iyan."),
        ("Mang Ben", "Naroon ang pinsan ko, mas malala pa raw."),
        ("J. Villar", "Mabuti naman at may nagsulat."),
        ("ulan", "Saan mababasa ang buong liham?"),
    ),
    "ru": (
        ("ольга_57", "Давно пора, пишу об этом двенадцать лет."),
        ("Сосед", "Спасибо за новость."),
        ("лозьва", "А когда будет продолжение?"),
        ("Н. П.", "Была там, всё так и есть."),
        ("прохожий", "Где прочитать письмо целиком?"),
    ),
}


def comments_below(paper: str, language: str, url: str, story_id: int, comments: int) -> str:
    """Return the rendered comments of a story."""
    voices = Random(f"{paper}/{story_id}/readers").sample(_WORDS[language], _SHOWN)[:comments]
    if paper == "sever":
        return "".join(f'<div class="comment"><b>{name}</b><p>{words}</p></div>' for name, words in voices)
    return "".join(
        f'<li class="comment" id="comment-{story_id}{number}"><cite class="fn">{name}</cite>\n'
        f'<div class="comment-content"><p>{words}</p></div>\n'
        '<a rel="nofollow" class="comment-reply-link" '
        f'href="{url}?replytocom={story_id}{number}#respond">Reply</a></li>'
        for number, (name, words) in enumerate(voices, 1)
    )
