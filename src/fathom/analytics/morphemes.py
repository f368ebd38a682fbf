"""Korean words by their morphemes, where kiwipiepy is installed (the extra `korean`); else by particles and endings."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from fathom import catalog
from fathom.analytics.endings import HANGUL, stems
from fathom.analytics.words import Stemmer

EXTRA = "korean"
LOOK = 200  # texts looked at for Hangul
SYLLABLES = re.compile("[가-힣]{2}")
NOUNS = ("NNG", "NNP", "XR", "SL", "SN", "NNB", "NR", "NP", "XPN", "XSN", "SH")
VERBS = ("VV", "VA", "VX", "VCN")


def stemmer(texts: Sequence[str]) -> tuple[Stemmer, str]:
    """The best stemmer there is for these texts, and its name: "kiwipiepy", "particles", or "" without Korean."""
    if not any(SYLLABLES.search(text) for text in texts[:: max(1, len(texts) // LOOK)]):
        return stems, ""
    return (by_morphemes, "kiwipiepy") if not catalog.missing(EXTRA) else (stems, "particles")


def by_morphemes(words: Collection[str]) -> dict[str, str]:
    """As `stems`, but Korean forms give their nouns, or the verb's stem, as a morphological analysis tells them."""
    korean = [word for word in words if HANGUL.match(word)]
    others = stems([word for word in words if not HANGUL.match(word)])
    kiwi = catalog.load("kiwipiepy:Kiwi")(num_workers=1)
    told = kiwi.tokenize(iter(korean))
    return {**others, **{word: _stem(word, tokens) for word, tokens in zip(korean, told, strict=True)}}


def _stem(word: str, tokens: Sequence[object]) -> str:
    """The leading nouns of a word joined; else its verb or adjective in the dictionary's form."""
    nouns = ""
    for token in tokens:
        tag, form = str(getattr(token, "tag", "")), str(getattr(token, "form", ""))
        if tag in NOUNS:
            nouns += form
        elif not nouns and tag.split("-")[0] in VERBS:
            return form + "다"
        else:
            break
    return nouns or word
