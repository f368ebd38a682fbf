"""Texts become the numbers of their pieces, by a tokenizer that learned its pieces from the training rows."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import polars as pl
import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers
from torch import Tensor

from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.deep import weights
from fathom.deep.inputs.table import TableInputs
from fathom.messages import phrase
from fathom.tasks.problem import Problem

# Its threads would not survive the fork that makes a trial's process.
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

PADDING, UNKNOWN, SEPARATOR, MASK = range(4)
SPECIAL = ("[PAD]", "[UNK]", "[SEP]", "[MASK]")
MOST_PIECES = 16_000
FEWEST_PIECES = 1_000
PIECES = 8.0  # times the root of the number of characters: what a vocabulary of so much text can be learned for
MOST_SIGNS = 6_000  # different characters that get a piece of their own, the most frequent first
LARGEST_VOCABULARY = 200_000  # that a description may hold
LEARNED = 200_000  # texts that pieces are learned from; more teach no other ones
CHARACTERS = 16  # of a text that are looked at for each piece that is kept
COVERED = 0.98  # share of the training rows whose texts are kept whole
LONGEST = 256  # pieces of a row
SHORTEST = 8
GRAINS = (1.0, 0.5, 0.25)  # shares of the merges, for texts that are taken apart more than once
AT_ONCE = 20_000  # texts that are taken apart in one go

Codes = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Pieces:
    """A sub-word tokenizer: byte-pair encoding of texts in lower case and one Unicode form.

    `names`: the pieces, the special ones first; `merges`: which two become a third, in order, as positions in `names`.
    Plain data, from which the tokenizer is made again: nothing of a file is run. Sennrich et al. 2016.

    >>> pieces = Pieces.learn(["so good, so very good", "not good at all"] * 9)
    >>> [pieces.names[code] for code in pieces.codes(["So GOOD!"])[0]]
    ['▁so', '▁good', '[UNK]']
    """

    names: tuple[str, ...]
    merges: tuple[tuple[int, int], ...]

    @classmethod
    def learn(cls, texts: Sequence[str], most: int = MOST_PIECES) -> Pieces:
        """The pieces of these texts: more of them, the more text there is."""
        texts = texts[:LEARNED]
        characters = sum(map(len, texts))
        signs = min(MOST_SIGNS, len(set().union(*texts)))
        size = signs + int(min(most, max(FEWEST_PIECES, PIECES * characters**0.5)))
        tokenizer = dressed(Tokenizer(models.BPE(unk_token=SPECIAL[UNKNOWN])))
        trainer = trainers.BpeTrainer(
            vocab_size=size,
            min_frequency=2,
            special_tokens=list(SPECIAL),
            limit_alphabet=MOST_SIGNS,
            show_progress=False,
        )
        tokenizer.train_from_iterator(texts, trainer)
        known = tokenizer.get_vocab()
        learned = json.loads(tokenizer.to_str())["model"]["merges"]
        return cls(tuple(sorted(known, key=known.__getitem__)), tuple((known[one], known[two]) for one, two in learned))

    def __len__(self) -> int:
        return len(self.names)

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """The tokenizer that these pieces make."""
        merges = [(self.names[one], self.names[two]) for one, two in self.merges]
        vocabulary = {name: code for code, name in enumerate(self.names)}
        return dressed(Tokenizer(models.BPE(vocabulary, merges, unk_token=SPECIAL[UNKNOWN])))

    def codes(self, texts: Sequence[str]) -> list[list[int]]:
        """The pieces of each text by their numbers; a text without any is one unknown piece."""
        return [found.ids or [UNKNOWN] for found in self.tokenizer.encode_batch_fast(texts, add_special_tokens=False)]

    def finer(self, share: float) -> Pieces:
        """The same pieces with only the first of the merges, so that texts are taken apart into smaller ones."""
        return Pieces(self.names, self.merges[: round(share * len(self.merges))])

    def to_json(self) -> dict[str, Any]:
        """The pieces as plain JSON data."""
        return {"names": list(self.names), "merges": [list(pair) for pair in self.merges]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Pieces:
        """The pieces that `to_json` described; a ValueError where they make no tokenizer."""
        names, merges = data["names"], data["merges"]
        weights.whole(len(names), LARGEST_VOCABULARY)
        weights.whole(len(merges), LARGEST_VOCABULARY)
        last = len(names) - 1
        pairs = tuple((weights.whole(one, last), weights.whole(two, last)) for one, two in merges)
        pieces = cls(tuple(map(str, names)), pairs)
        if pieces.names[: len(SPECIAL)] != SPECIAL or len(set(names)) != len(names):
            raise ValueError(phrase("the tokenizer's pieces are malformed"))
        try:
            pieces.tokenizer.encode("a")
        except Exception as error:  # the library raises nothing narrower
            raise ValueError(phrase("the tokenizer's pieces are malformed")) from error
        return pieces


@dataclass(frozen=True)
class TextInputs:
    """How the texts of a row, and the columns beside them, become tensors.

    Several texts of a row are joined, a separator between; each is kept up to its length in `lengths`. A text that is
    missing or empty is one unknown piece. With several `grains` each row is taken apart as often, into ever smaller
    pieces: few rows teach more when their words are met in parts too (Kudo 2018, Provilkov et al. 2020).
    """

    columns: tuple[str, ...]
    lengths: tuple[int, ...]
    pieces: Pieces
    beside: TableInputs
    grains: int = 1

    outside: ClassVar[int] = PADDING  # what stands beyond the end of a row

    @classmethod
    def fit(
        cls,
        problem: Problem,
        train: Dataset,
        most: int = MOST_PIECES,
        longest: int = LONGEST,
        more: Sequence[str] = (),
        grains: int = 1,
    ) -> TextInputs:
        """Learn pieces and lengths from the training rows, and pieces from `more` texts."""
        columns = problem.inputs_of(Kind.TEXT)
        limit = max(1, (longest - len(columns) + 1) // len(columns))
        texts = [texts_of(train.frame[name], limit) for name in columns]
        pieces = Pieces.learn([text for each in texts for text in each] + list(more), most)
        finest = pieces.finer(GRAINS[grains - 1])
        lengths = tuple(length_of(finest, each, limit) for each in texts)
        return cls(columns, lengths, pieces, TableInputs.fit(problem, train), grains)

    @property
    def length(self) -> int:
        """How many pieces a row has at most."""
        return sum(self.lengths) + len(self.lengths) - 1

    def tensors(self, dataset: Dataset) -> tuple[Tensor, Tensor, Tensor]:
        """Pieces int32 [rows, grains, length], 0 where a row has no more; numbers and codes of the columns beside."""
        found = np.full((len(dataset), self.grains, self.length), PADDING, dtype=np.int32)
        for start in range(0, len(dataset), AT_ONCE):
            part = dataset.frame[start : start + AT_ONCE]
            for grain, pieces in enumerate(self._grained):
                self._fill(found[start : start + AT_ONCE, grain], part, pieces)
        return torch.from_numpy(found), *self.beside.tensors(dataset)

    @cached_property
    def _grained(self) -> list[Pieces]:
        return [self.pieces, *(self.pieces.finer(share) for share in GRAINS[1 : self.grains])]

    def texts(self, dataset: Dataset) -> list[str]:
        """The texts of all columns that are not empty, one after the other."""
        return [text for name in self.columns for text in texts_of(dataset.frame[name], self.length) if text]

    def pieces_of(self, texts: Sequence[str]) -> Tensor:
        """The pieces of texts from elsewhere, int32 [texts, length]."""
        found = np.full((len(texts), self.length), PADDING, dtype=np.int32)
        place = 0
        for part in parts(texts):
            for codes in self.pieces.codes([text[: CHARACTERS * self.length] for text in part]):
                found[place, : min(self.length, len(codes))] = codes[: self.length]
                place += 1
        return torch.from_numpy(found)

    def _fill(self, found: Codes, frame: pl.DataFrame, pieces: Pieces) -> None:
        apart = [
            pieces.codes(texts_of(frame[name], length)) for name, length in zip(self.columns, self.lengths, strict=True)
        ]
        for place, row in enumerate(zip(*apart, strict=True)):
            joined = joined_codes(row, self.lengths)
            found[place, : len(joined)] = joined

    def blank(self) -> tuple[Tensor, ...]:
        """Two rows of one unknown piece, in the shape that real ones have."""
        found = torch.zeros(2, self.grains, self.length, dtype=torch.int32)
        found[..., 0] = UNKNOWN
        return found, *self.beside.blank()

    def to_json(self) -> dict[str, Any]:
        """The inputs as plain JSON data."""
        return {
            "columns": list(self.columns),
            "lengths": list(self.lengths),
            "pieces": self.pieces.to_json(),
            "beside": self.beside.to_json(),
            "grains": self.grains,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> TextInputs:
        """The inputs that `to_json` described."""
        columns, lengths = tuple(map(str, data["columns"])), tuple(weights.whole(each) for each in data["lengths"])
        if not columns or len(columns) != len(lengths):
            raise ValueError(phrase("texts and lengths differ in number"))
        grains = weights.whole(data["grains"], len(GRAINS))
        return cls(columns, lengths, Pieces.from_json(data["pieces"]), TableInputs.from_json(data["beside"]), grains)


def dressed(tokenizer: Tokenizer) -> Tokenizer:
    """The tokenizer with what comes before its model: one Unicode form, lower case, words, signs and digits apart."""
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Lowercase(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Metaspace(),
            pre_tokenizers.Punctuation(behavior="isolated"),
            pre_tokenizers.Digits(individual_digits=True),
        ]
    )
    return tokenizer


def texts_of(column: pl.Series, length: int) -> list[str]:
    """The texts, each as far as so many pieces can reach; "" for a missing one."""
    texts: list[str] = column.cast(pl.String).fill_null("").str.slice(0, CHARACTERS * length).to_list()
    return texts


def length_of(pieces: Pieces, texts: Sequence[str], longest: int) -> int:
    """How many pieces cover nearly all of these texts whole."""
    counts = [len(codes) for part in parts(texts) for codes in pieces.codes(part)]
    return int(min(longest, max(SHORTEST, np.ceil(np.quantile(counts, COVERED)))))


def parts(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """The texts, so many at a time."""
    return (texts[start : start + AT_ONCE] for start in range(0, len(texts), AT_ONCE))


def joined_codes(texts: Sequence[list[int]], lengths: Sequence[int]) -> list[int]:
    """The pieces of a row's texts, each cut to its length, a separator between.

    >>> joined_codes([[7, 8, 9], [5]], [2, 4])
    [7, 8, 2, 5]
    """
    joined: list[int] = []
    for codes, length in zip(texts, lengths, strict=True):
        joined += [*([SEPARATOR] if joined else []), *codes[:length]]
    return joined
