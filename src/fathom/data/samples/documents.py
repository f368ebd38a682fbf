"""Two years of an insurer's made-up post in English and Korean: claims, complaints, notes; with planted oddities."""

from __future__ import annotations

import datetime
import random
import re
from dataclasses import dataclass

import polars as pl

from fathom.data.samples.letters import CLOSING, ODD, OPENING, REVIEWED, SLOTS, TERMS, TOPICS

SEED = 20_240_517
ROWS = 200
FIRST, DAYS = datetime.date(2024, 1, 1), 731
LAST = FIRST + datetime.timedelta(days=DAYS - 1)
COPIES = 6  # letters that were sent again, a few words changed
ALIKE = 3  # sentences in common that would make two letters near-duplicates
Row = tuple[str, str, str, datetime.date]  # topic, language, text, day
SLOT = re.compile(r"\{(\w+)\}")
SEASONS = {  # how many letters of a topic come in spring, summer, autumn, winter; the app is new in the second year
    "water": (1.0, 3.0, 1.5, 0.7),
    "car": (0.8, 0.8, 1.2, 2.2),
    "delivery": (0.8, 0.8, 1.0, 2.4),
    "billing": (1.5, 1.0, 1.0, 1.0),
    "login": (1.6, 1.6, 1.6, 1.6),
}


@dataclass(frozen=True)
class Planted:
    """What was planted in the letters, row by row: for tests, and for measuring how much of it is found."""

    topic: list[str]  # "water/en", "car/ko" ...; "" for an odd one
    copy_of: list[int]  # the row that this one is a copy of; -1 for none
    odd: list[int]  # rows that are about nothing of the kind
    reviewed: dict[int, list[str]]  # row: forms of the terms to review, as they stand in the text


def documents() -> pl.DataFrame:
    """200 letters and notes: `document` (a text), `written` (a date), `language`. Always the same ones.

    >>> documents()["language"].unique().sort().to_list()
    ['en', 'ko']
    """
    return planted()[0]


def planted() -> tuple[pl.DataFrame, Planted]:
    """The letters, and what was planted in them."""
    chance = random.Random(SEED)
    rows: list[Row] = []
    said: list[frozenset[str]] = []
    while len(rows) < ROWS - COPIES - len(ODD):
        row, parts = _letter(chance)
        if all(len(parts & others) < ALIKE for others in said):  # none is a near-duplicate by chance
            said.append(parts)
            rows.append(row)
    reviewed: dict[int, list[str]] = {}
    for language, sentence, form in REVIEWED * 2:
        at = chance.choice([at for at, row in enumerate(rows) if row[1] == language and at not in reviewed])
        topic, _, text, day = rows[at]
        rows[at] = (topic, language, f"{text} {_filled(sentence, language, chance)}", day)
        reviewed[at] = [form]
    copied = chance.sample([at for at in range(len(rows)) if len(rows[at][2]) > 150], COPIES)
    copies = {}
    for at in copied:
        topic, language, text, day = rows[at]
        copies[len(rows)] = at
        if at in reviewed:
            reviewed[len(rows)] = reviewed[at]
        later = min(day + datetime.timedelta(days=chance.randint(2, 40)), LAST)
        rows.append((topic, language, _again(text, language), later))
    odd = []
    for language, text in ODD:
        odd.append(len(rows))
        rows.append(("", language, text, FIRST + datetime.timedelta(days=chance.randrange(DAYS))))
    order = sorted(range(len(rows)), key=lambda at: (rows[at][3], at))
    place = {at: position for position, at in enumerate(order)}
    frame = pl.DataFrame(
        {
            "document": [rows[at][2] for at in order],
            "written": [rows[at][3] for at in order],
            "language": [rows[at][1] for at in order],
        }
    )
    return frame, Planted(
        [rows[at][0] for at in order],
        [place[copies[at]] if at in copies else -1 for at in order],
        sorted(place[at] for at in odd),
        {place[at]: forms for at, forms in sorted(reviewed.items())},
    )


def terms() -> str:
    """The insurer's own list of terms to review, as a file of it would hold them: term, category."""
    return TERMS


def _letter(chance: random.Random) -> tuple[Row, frozenset[str]]:
    """A letter, and the sentences of its middle."""
    language = chance.choices(("en", "ko"), (3, 2))[0]
    day = FIRST + datetime.timedelta(days=chance.randrange(DAYS))
    season = (day.month % 12) // 3 - 1
    weights = [SEASONS[name][season] * (day.year - 2023.2 if name == "login" else 1.0) for name in TOPICS]
    name = chance.choices(tuple(TOPICS), weights)[0]
    middle = chance.sample(TOPICS[name][language], chance.randint(3, 5))
    sentences = [chance.choice(OPENING[language]), *middle, chance.choice(CLOSING[language])]
    said = [_filled(each, language, chance) for each in sentences]
    return (f"{name}/{language}", language, " ".join(said), day), frozenset(said[1:-1])


def _filled(sentence: str, language: str, chance: random.Random) -> str:
    """The sentence with every {slot} filled in."""
    return SLOT.sub(lambda slot: chance.choice(SLOTS[language][slot[1]]), sentence)


def _again(text: str, language: str) -> str:
    """The letter sent once more: another ending, the rest as it was."""
    return text + (" This is my second letter." if language == "en" else " 두 번째로 보내는 편지입니다.")
