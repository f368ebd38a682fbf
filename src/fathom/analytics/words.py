"""The words of texts: where they stand, how they are written, and the form that their inflections share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fathom.analytics.endings import HANGUL, SINGLE, stems
from fathom.analytics.stopwords import STOP_WORDS

WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
LETTER = re.compile(r"[^\W\d_ㄱ-ㅣ]")  # single strokes of Hangul, as in ㅋㅋ and ㅠㅠ, are no words
COMMON = 0.5  # share of documents from which a word tells none of them apart
KEPT = 0.95  # share of documents that must keep a word
ENOUGH = 20  # documents from which a corpus has stop words of its own
LONGEST = 60  # letters; longer runs are codes

Ints = npt.NDArray[np.int64]
Stemmer = Callable[[Collection[str]], dict[str, str]]


@dataclass(frozen=True)
class Words:
    """All words of a corpus in their order: arrays over words, and the two vocabularies that they point into.

    A `form` is a word as written, in small letters; a `stem` is what its inflections share.
    """

    document: Ints
    start: Ints  # where in its document the word begins, in characters
    end: Ints
    form: Ints
    forms: list[str]
    stem_of: Ints  # the stem of each form
    stems: list[str]
    shown: list[str]  # each stem's most frequent form, which is how people are shown it
    content: npt.NDArray[np.bool_]  # whether a stem says something: no stop word, no number, no single letter

    @property
    def stem(self) -> Ints:
        """The stem of each word."""
        return self.stem_of[self.form]


def words(texts: Sequence[str], stemmer: Stemmer = stems) -> Words:
    """The words of the texts.

    >>> found = words(["Claims were paid.", "The claim is open."])
    >>> [found.stems[at] for at in found.stem if found.content[at]]
    ['claim', 'paid', 'claim', 'open']
    """
    known: dict[str, int] = {}
    documents, starts, ends, codes = [], [], [], []
    for document, text in enumerate(texts):
        small = text.lower() if len(text.lower()) == len(text) else text  # İ has two letters when small
        for match in WORD.finditer(small):
            documents.append(document)
            starts.append(match.start())
            ends.append(match.end())
            codes.append(known.setdefault(match[0], len(known)))
    forms = list(known)
    found = stemmer(forms)
    places: dict[str, int] = {}
    stem_of = np.array([places.setdefault(found[form], len(places)) for form in forms], dtype=np.int64)
    form = np.array(codes, dtype=np.int64)
    return Words(
        np.array(documents, dtype=np.int64),
        np.array(starts, dtype=np.int64),
        np.array(ends, dtype=np.int64),
        form,
        forms,
        stem_of,
        list(places),
        _shown(forms, form, stem_of, list(places)),
        _content(list(places), forms, stem_of, np.array(documents, dtype=np.int64), form, len(texts)),
    )


def _shown(forms: list[str], form: Ints, stem_of: Ints, stemmed: list[str]) -> list[str]:
    """Each stem's most frequent form; of Korean words the stem, which is a word by itself."""
    often = np.bincount(form, minlength=len(forms))
    best = np.full(len(stemmed), -1)
    for at in np.lexsort((-np.arange(len(forms)), often)):
        best[stem_of[at]] = at
    return [stem if HANGUL.match(stem) else forms[at] for stem, at in zip(stemmed, best.tolist(), strict=True)]


def _content(stemmed: list[str], forms: list[str], stem_of: Ints, document: Ints, form: Ints,
             count: int) -> npt.NDArray[np.bool_]:  # fmt: skip
    """Which stems say something."""
    inflected = np.bincount(stem_of, minlength=len(stemmed)) >= SINGLE
    content = np.array(
        [_says_something(stem, many) for stem, many in zip(stemmed, inflected.tolist(), strict=True)], dtype=bool
    )
    for place, word in enumerate(forms):
        if word in STOP_WORDS:
            content[stem_of[place]] = False
    if count < ENOUGH or not len(form):
        return content
    pairs = np.unique(document * len(stemmed) + stem_of[form])
    often = np.bincount(pairs % len(stemmed), minlength=len(stemmed))
    telling = content & (often <= COMMON * count)
    said, left = (len(np.unique(pairs[kept[pairs % len(stemmed)]] // len(stemmed))) for kept in (content, telling))
    return telling if left >= KEPT * said else content  # where all say nearly the same, that is what they say


def _says_something(stem: str, inflected: bool) -> bool:
    """Whether a stem is no stop word, no number and not too short; short Korean nouns show by their many particles."""
    if len(stem) > LONGEST or stem in STOP_WORDS or not LETTER.search(stem):
        return False
    long = len(stem) > 2 if stem.isascii() else len(stem) > 1 or inflected
    return long and not any(letter.isdigit() for letter in stem)


def frequencies(found: Words) -> Counter[str]:
    """How often each stem that says something stands in the corpus, by the form that people are shown."""
    often = np.bincount(found.stem, minlength=len(found.stems))
    return Counter({found.shown[at]: int(often[at]) for at in np.flatnonzero(found.content & (often > 0)).tolist()})
