"""What one text has that another one nearly the same lacks, and the other way round."""

from __future__ import annotations

from difflib import SequenceMatcher

MOST_WORDS = 2_000  # compared; of a longer text the first
SHOWN = 160  # letters of what was added or left out


def changes(before: str, after: str) -> tuple[str, str]:
    """The words that were left out of the first text, and those that were added to it, cut where they are many.

    >>> changes("Please answer by Monday. Thanks.", "Please answer by Friday. Thanks. It is urgent.")
    ('Monday.', 'Friday. … It is urgent.')
    """
    one, other = before.split()[:MOST_WORDS], after.split()[:MOST_WORDS]
    left, added = [], []
    for kind, start, end, from_, to in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind != "equal":
            left.append(" ".join(one[start:end]))
            added.append(" ".join(other[from_:to]))
    return _joined(left), _joined(added)


def _joined(parts: list[str]) -> str:
    text = " … ".join(filter(None, parts))
    return text if len(text) <= SHOWN else text[: SHOWN - 1].rstrip() + "…"
