"""What fathom says to people, in their language: the English stands in the code, the other languages in a catalogue."""

from fathom.messages.language import LANGUAGES, choose, current, speaking
from fathom.messages.phrase import Phrase, again, either, listed, phrase, plural, restore, stored, strung

__all__ = [
    "LANGUAGES",
    "Phrase",
    "again",
    "choose",
    "current",
    "either",
    "listed",
    "phrase",
    "plural",
    "restore",
    "speaking",
    "stored",
    "strung",
]
