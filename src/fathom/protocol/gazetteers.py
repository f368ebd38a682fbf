"""Which contenders are told of the names that a person knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from fathom import catalog
from fathom.data.finding import Finding
from fathom.messages import phrase
from fathom.protocol.contenders import Contender

TAKEN = "gazetteers"


def listed(contenders: Sequence[Contender], paths: Iterable[str]) -> list[Contender]:
    """The contenders, those of the catalog that look for known names told where the lists are.

    >>> from fathom.protocol.contenders import choose
    >>> listed(choose("named-entity-recognition", ["crf"]), ["city.txt"])[-1].parameters
    {'gazetteers': ['city.txt']}
    """
    told = {TAKEN: list(paths)}
    return [replace(each, parameters={**each.parameters, **told}) if _takes(each) else each for each in contenders]


def unused(contenders: Sequence[Contender]) -> list[Finding]:
    """A warning where none of the contenders looks for known names."""
    if any(map(_takes, contenders)):
        return []
    able = ", ".join(row.name for row in catalog.LEARNERS if TAKEN in row.takes)
    return [
        Finding(
            "warning",
            phrase("None of the contenders looks for the names that were listed."),
            remedy=phrase("These can: {names}.", names=able),
        )
    ]


def _takes(contender: Contender) -> bool:
    return contender.maker == "catalog" and TAKEN in catalog.learner(contender.name).takes
