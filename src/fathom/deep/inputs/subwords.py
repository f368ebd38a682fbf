"""Texts become the pieces that a trained network knows, by the tokenizer that came with it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.deep import weights
from fathom.deep.inputs.table import TableInputs
from fathom.deep.inputs.text import AT_ONCE, COVERED, SHORTEST, parts, texts_of
from fathom.deep.networks.backbone import OUTSIDE
from fathom.messages import phrase
from fathom.tasks.problem import Problem


@dataclass(frozen=True)
class SubwordInputs:
    """How the texts of a row, and the columns beside them, become tensors for a trained network.

    `tokenizer` is one of the tokenizers library; several texts of a row are joined by `separator`.
    """

    columns: tuple[str, ...]
    length: int
    padding: int
    separator: str
    tokenizer: Tokenizer
    beside: TableInputs

    outside: ClassVar[int] = OUTSIDE  # what stands beyond the end of a row

    @classmethod
    def fit(
        cls, problem: Problem, train: Dataset, tokenizer: Tokenizer, padding: int, separator: str, longest: int
    ) -> SubwordInputs:
        """The length that keeps nearly all training rows whole."""
        tokenizer.no_padding()
        tokenizer.no_truncation()
        columns = problem.inputs_of(Kind.TEXT)
        known = TableInputs.fit(problem, train)
        whole = cls(columns, longest, padding, separator, tokenizer, known)
        counts = [len(codes) for part in parts(whole.texts(train)) for codes in whole.codes(part)]
        length = int(min(longest, max(SHORTEST, np.ceil(np.quantile(counts, COVERED)))))
        return cls(columns, length, padding, separator, tokenizer, known)

    def texts(self, dataset: Dataset) -> list[str]:
        """The text of each row."""
        columns = [texts_of(dataset.frame[name], self.length) for name in self.columns]
        return [f" {self.separator} ".join(row) for row in zip(*columns, strict=True)]

    def codes(self, texts: Sequence[str]) -> list[list[int]]:
        """The pieces of each text by their numbers, cut to the length."""
        self.tokenizer.enable_truncation(self.length)
        return [found.ids or [self.padding] for found in self.tokenizer.encode_batch_fast(texts)]

    def tensors(self, dataset: Dataset) -> tuple[Tensor, Tensor, Tensor]:
        """Pieces int32 [rows, length], -1 where a row has no more; numbers and codes of the columns beside."""
        found = np.full((len(dataset), self.length), OUTSIDE, dtype=np.int32)
        for start in range(0, len(dataset), AT_ONCE):
            texts = self.texts(dataset.take(range(start, min(start + AT_ONCE, len(dataset)))))
            for place, codes in enumerate(self.codes(texts), start):
                found[place, : len(codes)] = codes
        return torch.from_numpy(found), *self.beside.tensors(dataset)

    def to_json(self) -> dict[str, Any]:
        """The inputs as plain JSON data."""
        self.tokenizer.no_truncation()
        return {
            "columns": list(self.columns),
            "length": self.length,
            "padding": self.padding,
            "separator": self.separator,
            "tokenizer": json.loads(self.tokenizer.to_str()),
            "beside": self.beside.to_json(),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> SubwordInputs:
        """The inputs that `to_json` described; a ValueError where its tokenizer is none."""
        try:
            tokenizer = Tokenizer.from_str(json.dumps(data["tokenizer"]))
        except Exception as error:  # the library raises nothing narrower
            raise ValueError(phrase("the tokenizer's pieces are malformed")) from error
        length, padding = weights.whole(data["length"], 100_000), weights.whole(data["padding"])
        beside = TableInputs.from_json(data["beside"])
        return cls(tuple(map(str, data["columns"])), length, padding, str(data["separator"]), tokenizer, beside)
