"""Which language to speak: the one asked for, else the one that was chosen, else that of the locale, else English."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

LANGUAGES = ("en", "ko")
CHOSEN = "FATHOM_LANGUAGE"  # in the environment, so that the processes of trials speak it too
ASKED: ContextVar[str] = ContextVar("language", default="")  # by one of those whom a server answers side by side
LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")  # the order in which POSIX asks them


def current() -> str:
    """The language of this moment: "en" or "ko".

    >>> current() in LANGUAGES
    True
    """
    if asked := ASKED.get():
        return asked
    for name in (CHOSEN, *LOCALE):
        if value := os.environ.get(name):
            code = value[:2].lower()
            return code if code in LANGUAGES else "en"
    return "en"


def choose(code: str) -> None:
    """Speak this language from now on, in this process and in those that it starts; ValueError for one it cannot."""
    if code not in LANGUAGES:
        raise ValueError(f"no language of fathom: {code}")
    os.environ[CHOSEN] = code


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak this language within, "" for that of the process; others who are answered meanwhile hear their own."""
    token = ASKED.set(code)
    try:
        yield
    finally:
        ASKED.reset(token)
