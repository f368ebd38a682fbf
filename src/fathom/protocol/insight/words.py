"""Which words of its texts decide: what a label loses when a word is left out."""

from __future__ import annotations

import json
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.model import Model, calibrated
from fathom.tasks.label_sets import LabelSets
from fathom.tasks.predictions import Labels

if TYPE_CHECKING:
    from fathom.protocol.study import Study

FILE = "words.json"
WORD = re.compile(r"\w+(?:['’]\w+)*")
MOST_PIECES = 60  # of a text; where it has more words, some are left out together
MOST_CHARACTERS = 5_000  # of a text that are taken apart; a word further on rarely decides
MOST_TEXTS = 300
WRONG_TEXTS = 15  # of them the surest mistakes, which a report shows
BATCH = 400  # texts with a word left out that are answered at once
MOST_WORDS = 12  # a label
MOST_LABELS = 12
FEWEST_TEXTS = 2  # that must hold a word, where as many were looked at

Answers = Labels | LabelSets
Piece = tuple[int, int]  # where in a text it starts and ends, in characters
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Marked:
    """A text and what its pieces are worth to a label: how much probability it loses without each."""

    row: int
    label: str
    text: str
    pieces: tuple[Piece, ...]
    worth: tuple[float, ...]

    def to_json(self) -> dict[str, Any]:
        """Row, label and marks: start, end and worth of each piece."""
        marks = [[*piece, round(worth, 5)] for piece, worth in zip(self.pieces, self.worth, strict=True)]
        return {"row": self.row, "label": self.label, "marks": marks}


def pieces(text: str, most: int = MOST_PIECES) -> tuple[Piece, ...]:
    """Where the words of a text are, or runs of words where they are more than `most`.

    >>> pieces("It's no good.")
    ((0, 4), (5, 7), (8, 12))
    >>> pieces("one two three four", most=2)
    ((0, 7), (8, 18))
    """
    found = [word.span() for word in WORD.finditer(text[:MOST_CHARACTERS])]
    step = max(1, -(-len(found) // most))
    return tuple((found[at][0], found[min(at + step, len(found)) - 1][1]) for at in range(0, len(found), step))


def without(text: str, piece: Piece) -> str:
    """The text with a piece left out.

    >>> without("not a good film", (6, 11))
    'not a film'
    """
    start, end = piece
    return text[:start] + text[end:].removeprefix(" ")


def variants(text: str) -> tuple[tuple[Piece, ...], list[str]]:
    """The pieces of a text, and the text itself followed by what it is without each of them."""
    found = pieces(text)
    return found, [text, *(without(text, piece) for piece in found)]


def losses(answers: Answers) -> dict[str, list[float]]:
    """The labels of the first answer, each with how much less probable it is in each of the others.

    Where several labels can be given and none was, the most probable one.

    >>> losses(Labels(("no", "yes"), np.array([[0.25, 0.75], [0.5, 0.5]])))
    {'yes': [0.25]}
    """
    given = answers.probabilities
    said = [int(given[0].argmax())]
    if isinstance(answers, LabelSets) and answers.chosen[0].any():
        said = np.flatnonzero(answers.chosen[0]).tolist()
    return {answers.classes[code]: (given[0, code] - given[1:, code]).tolist() for code in said}


def strongest(worths: Iterable[Sequence[float]]) -> list[float]:
    """Of what each piece is worth to several labels, that which is most, for or against.

    >>> strongest([[0.1, -0.2], [0.3, 0.1]])
    [0.3, -0.2]
    """
    return [max(each, key=abs) for each in zip(*worths, strict=True)]


def reading(
    model: Model,
    test: Dataset,
    truth: npt.NDArray[Any],
    seconds: float,
    seed: int = 0,
    heard: Callable[[float, str], None] = lambda done, note: None,
) -> dict[str, Any]:
    """The words that decide, over test texts: column, texts (how many), words, shown.

    `words`: for the most frequent labels the words whose absence costs them most, each with word, label, drop (the
    mean loss of probability where it occurs) and rows (texts that hold it). `shown`: the surest mistakes, marked.
    Words are left out one at a time (Li, Monroe and Jurafsky 2016, erasure), so the learner can be any.
    """
    deadline = time.monotonic() + seconds
    column = model.problem.inputs_of(Kind.TEXT)[0]
    order, wrong = _order(model, test, truth, seed)
    marked: list[Marked] = []
    pending: list[int] = []
    for position, row in enumerate(order):
        pending.append(row)
        if len(pending) * MOST_PIECES < BATCH and position + 1 < len(order):
            continue
        marked += _marked(model, test, column, pending)
        pending = []
        heard((position + 1) / len(order), column)
        if time.monotonic() > deadline:
            break
    rows = dict.fromkeys(each.row for each in marked)
    shown = [_together([each for each in marked if each.row == row]) for row in rows if row in wrong]
    return {"column": column, "texts": len(rows), "words": _deciding(marked), "shown": shown}


def _together(marked: Sequence[Marked]) -> dict[str, Any]:
    """The marks of one row for all labels that it was given."""
    worth = tuple(strongest(each.worth for each in marked))
    return replace(marked[0], label=", ".join(each.label for each in marked), worth=worth).to_json()


def found(study: Study) -> dict[str, Any] | None:
    """What `reading` found of the study's winner; None where nothing was looked for."""
    try:
        result = json.loads((study.folder / "importance" / FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return result if isinstance(result, dict) else None


def _order(model: Model, test: Dataset, truth: npt.NDArray[Any], seed: int) -> tuple[list[int], set[int]]:
    """The rows to look at: the surest mistakes, which come back beside them, then any."""
    some = np.random.default_rng(seed).permutation(np.flatnonzero(model.problem.known(truth)))[: 10 * MOST_TEXTS]
    answers = _answers(model, test.take(some))
    if isinstance(answers, LabelSets):
        wrong = (answers.chosen != (truth[some] > 0)).sum(axis=1).astype(np.float64)
    else:
        wrong = np.where(answers.codes != truth[some], answers.probabilities.max(axis=1), 0.0)
    missed = np.flatnonzero(wrong > 0)
    surest = missed[np.argsort(-wrong[missed], kind="stable")][:WRONG_TEXTS]
    shown = some[surest].tolist()
    return [*shown, *np.setdiff1d(some, shown, assume_unique=True).tolist()][:MOST_TEXTS], set(shown)


def _answers(model: Model, dataset: Dataset) -> Answers:
    answers = calibrated(model.learner.predict(dataset), model.calibration)
    assert isinstance(answers, Labels | LabelSets), "words are looked for where labels are answered"
    return answers


def _marked(model: Model, test: Dataset, column: str, rows: Sequence[int]) -> list[Marked]:
    """These rows, all their variants answered at once."""
    texts = [str(text) if text is not None else "" for text in test[column].gather(list(rows)).to_list()]
    taken = [variants(text) for text in texts]
    sizes = [len(each) for _, each in taken]
    seen = test.take(np.repeat(np.asarray(rows), sizes))
    cells = pl.Series(column, [text for _, each in taken for text in each], dtype=pl.String)
    answers = _answers(model, Dataset(seen.frame.with_columns(cells), seen.columns, seen.source, seen.folder))
    found, start = [], 0
    for row, text, (places, _), size in zip(rows, texts, taken, sizes, strict=True):
        for label, worth in losses(answers.take(np.arange(start, start + size))).items():
            found.append(Marked(int(row), label, text, places, tuple(worth)))
        start += size
    return found


def _deciding(marked: Sequence[Marked]) -> list[dict[str, Any]]:
    """The words that cost each label most when they are left out."""
    worth: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    labels: dict[str, int] = defaultdict(int)
    for each in marked:
        labels[each.label] += 1
        for (start, end), drop in zip(each.pieces, each.worth, strict=True):
            worth[each.label][each.text[start:end].casefold()].append(drop)
    found = []
    for label in sorted(labels, key=lambda label: (-labels[label], label))[:MOST_LABELS]:
        fewest = FEWEST_TEXTS if labels[label] > 2 * FEWEST_TEXTS else 1
        drops = {word: drop for word, drop in worth[label].items() if len(drop) >= fewest and sum(drop) > 0}
        best = sorted(drops, key=lambda word: (-sum(drops[word]), word))[:MOST_WORDS]
        found += [
            {"word": word, "label": label, "drop": float(np.mean(drops[word])), "rows": len(drops[word])}
            for word in best
        ]
    return found
