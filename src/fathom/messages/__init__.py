"""What fathom says to people, in their language: the English stands in the code, the other languages in a catalogue."""

from fathom.messages.language import LANGUAGES, choose, current
from fathom.messages.phrase import Phrase, phrase, plural, restore, stored

__all__ = ["LANGUAGES", "Phrase", "choose", "current", "phrase", "plural", "restore", "stored"]
