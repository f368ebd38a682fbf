"""Terms to review: where the person's own terms stand, inflected, misspelt, joined or parted.

Similar spellings by the distance of Damerau (1964) and Levenshtein (1966) in its restricted form; Hangul is compared
by its letters, so that one wrong stroke is one letter and no whole syllable.
"""

from __future__ import annotations

import bisect
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from fathom import catalog
from fathom.analytics.corpus import Corpus
from fathom.analytics.endings import HANGUL, SURE, UNSURE, VERB, VERBAL, agrees, stems
from fathom.analytics.terms import Term

EXACT, INFLECTED, COMPOUND, FUZZY = "exact", "inflected", "compound", "similar"
ORDER = (EXACT, INFLECTED, COMPOUND, FUZZY)
ONE_SLIP, TWO_SLIPS = 5, 9  # letters of a word from which one and two slips are forgiven
FIRST_TOO = 8  # letters of a word whose first letter may be the wrong one; in a shorter one that makes another word
ONE_STROKE, TWO_STROKES = 7, 12  # letters within Hangul syllables, likewise
COMPOUND_LEAST = 3  # syllables of a Korean term that longer words may begin with
COPULA = re.compile(
    "이었|였|이라|이다|인데|인지|인가|입니|이지|이에|예요|이던|이며|이고|이면|이니"
)  # it is, it was ...
ENDING = re.compile("[다네고는은을음지게던며면었았어아습니더도군냐자]")  # what a verb goes on with
PREFIX = 3  # letters that an English word shares with its inflections
BATCH = 200  # words compared with the vocabulary at once

Ints = npt.NDArray[np.int64]
Matches = dict[int, tuple[float, str]]  # form: how similar it is to a word of a term, and in which way


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where a term stands: from `start` to `end` in its document, as `form`, in which way and how similar."""

    term: str
    category: str
    document: int
    sentence: int
    start: int
    end: int
    form: str
    similarity: float
    how: str


def hits(corpus: Corpus, terms: Sequence[Term]) -> list[Hit]:
    """Every place where a term stands, in the order of the documents.

    >>> from fathom.analytics.terms import terms as read
    >>> corpus = Corpus.of(["No reciepts, cash only. 영수증을 잃었고 허위청구였다."])
    >>> for hit in hits(corpus, read(["receipt", "cash only", "영수증", "허위 청구"])):
    ...     print(hit.term, "|", hit.form, "|", hit.how, "|", round(hit.similarity, 2))
    receipt | reciepts | similar | 0.86
    cash only | cash only | exact | 1.0
    영수증 | 영수증을 | inflected | 1.0
    허위 청구 | 허위청구였다 | inflected | 1.0
    """
    catalog.require("text", "text-analytics")
    if not len(corpus.words.form):
        return []
    index = _Index(corpus)
    asked = {word for term in terms for way in _ways(term) for word in way}
    matches = index.matches(sorted(asked))
    found: list[Hit] = []
    for term in terms:
        found += _distinct(index.places(term, matches))
    return sorted(found, key=lambda hit: (hit.document, hit.start, hit.term))


def _ways(term: Term) -> Iterator[tuple[str, ...]]:
    """The term's words; Korean ones also joined and, where that was joined, parted in two."""
    yield term.words
    joined = "".join(term.words)
    if HANGUL.match(joined):
        if len(term.words) > 1:
            yield (joined,)
        if len(joined) > COMPOUND_LEAST:
            for cut in range(2, len(joined) - 1):
                if (joined[:cut], joined[cut:]) != term.words:
                    yield joined[:cut], joined[cut:]


class _Index:
    """The corpus by its forms: which are like a word, and where each stands."""

    def __init__(self, corpus: Corpus) -> None:
        words = corpus.words
        self.corpus = corpus
        self.forms = words.forms
        self.order = np.argsort(words.form, kind="stable")
        self.ends = np.cumsum(np.bincount(words.form, minlength=len(words.forms)))
        self.sorted = sorted(range(len(words.forms)), key=words.forms.__getitem__)
        self.keys = [words.forms[at] for at in self.sorted]
        self.letters = [letters(form) for form in words.forms]
        self.stems = [letters(words.stems[stem]) for stem in words.stem_of.tolist()]

    def matches(self, asked: Sequence[str]) -> dict[str, Matches]:
        """For each word the forms that are like it."""
        found = {word: self._inflected(word) for word in asked}
        long = [word for word in asked if slips(word)]
        for first in range(0, len(long), BATCH):
            batch = long[first : first + BATCH]
            for word, form, alike in self._similar(batch):
                if form not in found[word] or found[word][form][1] == COMPOUND:
                    found[word][form] = (alike, FUZZY)
        return found

    def _inflected(self, word: str) -> Matches:
        """The forms that are the word, or the word with another ending."""
        found: Matches = {}
        korean = bool(HANGUL.match(word))
        if korean and word.endswith("다") and len(word) > COMPOUND_LEAST - 1:
            found |= self._conjugated(word[:-1])
        for form in self._beginning(word if korean or len(word) <= PREFIX else word[:PREFIX]):
            text = self.forms[form]
            if text == word:
                found[form] = (1.0, EXACT)
            elif korean:
                rest = text[len(word) :]
                if text.startswith(word) and (how := _ending(word, rest)):
                    found.setdefault(form, (1.0 if how == INFLECTED else len(word) / len(text), how))
            elif len(word) >= PREFIX and _same(word, text):
                found[form] = (1.0, INFLECTED)
        return found

    def _conjugated(self, verb: str) -> Matches:
        """The forms of a Korean verb or adjective, given without its last syllable, 다."""
        found: Matches = {}
        for form in self._beginning(verb):
            if ENDING.match(self.forms[form][len(verb) :]):
                found[form] = (1.0, INFLECTED)
        if verb[-1] in "하되":
            for form in self._beginning(verb[:-1]):
                if VERB.fullmatch(self.forms[form][len(verb) - 1 :]):
                    found[form] = (1.0, INFLECTED)
        return found

    def _beginning(self, start: str) -> Iterable[int]:
        first = bisect.bisect_left(self.keys, start)
        last = bisect.bisect_left(self.keys, start + "\U0010ffff")
        return self.sorted[first:last]

    def _similar(self, words: list[str]) -> Iterator[tuple[str, int, float]]:
        """Words and forms of nearly the same letters, by the form or by its stem."""
        compare = catalog.load("rapidfuzz:process")
        distance = catalog.load("rapidfuzz.distance:OSA").distance
        asked = [letters(word) for word in words]
        most = np.array([slips(word) for word in words])
        apart = np.full((len(words), len(self.forms)), 255, dtype=np.uint8)
        for choices in (self.letters, self.stems):
            told = compare.cdist(asked, choices, scorer=distance, score_cutoff=int(most.max()), dtype=np.uint8)
            apart = np.minimum(apart, told)
        rows, columns = np.nonzero(apart <= most[:, None])
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            wrong = int(apart[row, column])
            first = self.letters[column][:1] == asked[row][:1]
            if first or (wrong == 1 and len(asked[row]) >= FIRST_TOO):
                yield words[row], column, 1 - wrong / len(asked[row])

    def places(self, term: Term, matches: dict[str, Matches]) -> Iterator[Hit]:
        """Where the words of a term stand one after the other, in one sentence."""
        for way in _ways(term):
            exactly = way != term.words and len(way) > 1  # parted anew: only what is certain
            held = [
                {form: alike for form, alike in matches[word].items() if not exactly or alike[1] in (EXACT, INFLECTED)}
                for word in way
            ]
            starts = self._standing(held[0])
            for step, choices in enumerate(held[1:], start=1):
                starts = starts[np.isin(starts + step, self._standing(choices))]
            for at in starts.tolist():
                if hit := self._hit(term, at, held):
                    yield hit

    def _standing(self, choices: Matches) -> Ints:
        """The places of all words in any of these forms."""
        begins = np.concatenate(([0], self.ends[:-1]))
        spans = [self.order[begins[form] : self.ends[form]] for form in choices]
        return np.sort(np.concatenate(spans)) if spans else np.zeros(0, dtype=np.int64)

    def _hit(self, term: Term, at: int, held: list[Matches]) -> Hit | None:
        corpus, words, last = self.corpus, self.corpus.words, at + len(held) - 1
        if corpus.sentence_of[at] != corpus.sentence_of[last] or words.document[at] != words.document[last]:
            return None
        alike = [choices[int(words.form[at + step])] for step, choices in enumerate(held)]
        how = max((each[1] for each in alike), key=ORDER.index)
        document, start, end = int(words.document[at]), int(words.start[at]), int(words.end[last])
        form = corpus.texts[document][start:end]
        similarity = float(np.mean([each[0] for each in alike]))
        return Hit(term.text, term.category, document, int(corpus.sentence_of[at]), start, end, form, similarity, how)


def letters(word: str) -> str:
    """The word in letters: Hangul syllables taken apart.

    >>> len(letters("영수증")), letters("cash")
    (8, 'cash')
    """
    return word if word.isascii() else unicodedata.normalize("NFD", word)


def slips(word: str) -> int:
    """How many letters may be wrong; none in a short word, which would be another one.

    >>> slips("cash"), slips("receipt"), slips("backdated"), slips("영수증")
    (0, 1, 2, 1)
    """
    count = len(letters(word))
    one, two = (ONE_STROKE, TWO_STROKES) if HANGUL.match(word) else (ONE_SLIP, TWO_SLIPS)
    return 2 if count >= two else 1 if count >= one else 0


def _ending(word: str, rest: str) -> str:
    """In which way a Korean word goes on: by an ending, as a part of a longer word, or not at all."""
    if (rest in SURE or rest in UNSURE) and agrees(word, rest):
        return INFLECTED
    if VERB.fullmatch(rest) or COPULA.match(rest) or (len(rest) > 1 and VERBAL.search(rest)):
        return INFLECTED
    if rest and any(rest.endswith(ending) for ending in SURE) and len(word) >= COMPOUND_LEAST:
        return COMPOUND
    return COMPOUND if len(word) >= COMPOUND_LEAST else ""


def _same(word: str, form: str) -> bool:
    """Whether an English word and a form of the text are inflections of each other."""
    found = stems({word, form})
    return found[word] == found[form] or form in (word + "'s", word + "’s")


def _distinct(found: Iterable[Hit]) -> list[Hit]:
    """One hit for each place: of those that overlap, the most similar."""
    best: list[Hit] = []
    for hit in sorted(found, key=lambda each: (each.document, each.start, -each.similarity, each.end)):
        before = best[-1] if best else None
        if before is None or before.document != hit.document or before.end <= hit.start:
            best.append(hit)
        elif hit.similarity > before.similarity:
            best[-1] = hit
    assert all(one.document != other.document or one.end <= other.start for one, other in pairwise(best))
    return best
