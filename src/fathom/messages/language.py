"""Which language to speak: the one that was chosen, else that of the locale, else English."""

from __future__ import annotations

import os

LANGUAGES = ("en", "ko")
CHOSEN = "FATHOM_LANGUAGE"  # in the environment, so that the processes of trials speak it too
LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")  # the order in which POSIX asks them


def current() -> str:
    """The language of this process: "en" or "ko".

    >>> current() in LANGUAGES
    True
    """
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
