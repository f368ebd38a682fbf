"""What deep learners need to find spans in texts: from rows to the parts of a training, and from tags to entities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from fathom.data import tags
from fathom.data.dataset import Dataset
from fathom.deep.heads.spans import Spans as Head
from fathom.deep.inputs.tokens import SCHEME, Piece, TokenInputs, tag_names
from fathom.deep.training import Model, Recipe
from fathom.learner import Run
from fathom.tasks import sureness
from fathom.tasks.predictions import Entity, Spans
from fathom.tasks.problem import Problem

TOKENS_SEEN = 5_000_000  # in all of a training, many times those of few texts
FEWEST_EPOCHS, MOST_EPOCHS = 8, 30
HASTE = 2.5  # times the rate of a text with one label: every token of a few texts says how to go on
ANSWER_BATCH = 128  # sequences of similar length that are read at once
OPEN, GOING = ("B", "I"), ("I", "E")  # tags that something must follow, tags that go on with something
MOST_VALID = 1_000  # rows by which it is chosen how sure an entity must be

Truth = tuple[tuple[Tensor, ...], Tensor]


def sequences(inputs: TokenInputs, problem: Problem, dataset: Dataset) -> Truth:
    """The tensors of a dataset's sequences and the positions of their tags."""
    texts = inputs.texts(dataset)
    places, found = inputs.cut_up(texts)
    return inputs.tensors(texts, places, found), inputs.truth(places, found, problem.truth(dataset).tolist())


def learn_inputs(problem: Problem, train: Dataset) -> TokenInputs:
    """The inputs of the training rows' texts."""
    column = problem.inputs[0].name
    rows = zip(train[column].to_list(), problem.truth(train), strict=True)
    pairs = [(text, spans) for text, spans in rows if text]
    return TokenInputs.fit(column, problem.labels, [text for text, _ in pairs], [spans for _, spans in pairs])


def design_of(inputs: TokenInputs) -> dict[str, Any]:
    """What a network must know of its inputs."""
    return {"counts": [len(names) for names in inputs.views], "letters": len(inputs.letters)}


def recipe(learner: Any, train: Tensor, run: Run) -> Recipe:
    """How to train on sequences with these tags."""
    seen = max(1, int((train >= 0).sum()))
    return Recipe(
        epochs=learner.epochs or max(FEWEST_EPOCHS, min(MOST_EPOCHS, TOKENS_SEEN // seen)),
        batch=min(32, max(8, len(train) // 16)),
        rate=HASTE * learner.rate,
        weight_decay=learner.weight_decay,
        patience=2 * learner.patience,
        average=learner.average,
        half=False,  # sums over all ways through a sequence lose too much in half precision
    )


def head(problem: Problem, network: nn.Module) -> Head:
    """The head over a network's features."""
    names = tag_names(problem.labels)
    return Head(int(network.features), len(names), allowed(names))  # type: ignore[arg-type]


def allowed(names: Sequence[str]) -> Tensor:
    """Which tag may follow which, bool [tags + 1, tags + 1]: what has begun goes on or ends, nothing else does.

    >>> allowed(["O", "B-city", "I-city", "E-city", "S-city"])[:, 3].tolist()  # what E-city may follow
    [False, True, True, False, False, False]
    """
    edge = "O"  # before the first tag and after the last

    def fits(before: str, after: str) -> bool:
        open_, goes_on = before[:1] in OPEN, after[:1] in GOING
        return (before[2:] == after[2:]) if open_ and goes_on else open_ == goes_on

    return torch.tensor([[fits(before, after) for after in [*names, edge]] for before in [*names, edge]])


def entities(inputs: TokenInputs, model: Model, texts: Sequence[str | None], bar: float) -> Spans:
    """The entities of texts; `bar` 0: those of the best sequence, else all whose tags together are so probable."""
    places, found = inputs.cut_up(texts)
    rows: list[list[Entity]] = [[] for _ in texts]
    order = np.argsort([part.stop - part.start for _, part in found], kind="stable")
    with torch.inference_mode():
        for start in range(0, len(order), ANSWER_BATCH):
            batch: list[Piece] = [found[at] for at in order[start : start + ANSWER_BATCH]]
            for (row, part), (said, sure) in zip(batch, _tagged(inputs, model, texts, places, batch, bar), strict=True):
                for first, after, label in tags.decode(said, SCHEME)[0]:
                    begin, end = places[row][part.start + first][0], places[row][part.start + after - 1][1]
                    text = (texts[row] or "")[begin:end]
                    rows[row].append(Entity(begin, end, text, label, min(sure[first:after])))
    return Spans.of(sorted(row) for row in rows)


def _tagged(
    inputs: TokenInputs,
    model: Model,
    texts: Sequence[str | None],
    places: Sequence[Sequence[tuple[int, int]]],
    batch: Sequence[Piece],
    bar: float,
) -> list[tuple[list[str], list[float]]]:
    """The tags of each sequence and how probable each is at its place."""
    where = next(model.parameters()).device
    tensors = [each.to(where) for each in inputs.tensors(texts, places, batch)]
    emissions = model(*tensors)
    mask = tensors[0][:, : emissions.shape[1], 0] != 0
    chances = model.head.marginals(emissions, mask)
    best = model.head.best(emissions, mask).clamp_min(0)
    if bar:
        over = 1 - chances[..., 0] >= bar
        best = torch.where(over, chances[..., 1:].argmax(dim=2) + 1, 0)
    sure = chances.gather(2, best[..., None])[..., 0].double().clamp(0, 1).cpu().tolist()
    names = tag_names(inputs.labels)
    lengths = [part.stop - part.start for _, part in batch]
    return [
        ([names[code] for code in codes[:length]], row[:length])
        for codes, row, length in zip(best.cpu().tolist(), sure, lengths, strict=True)
    ]


def settled(inputs: TokenInputs, model: Model, problem: Problem, valid: Dataset, run: Run) -> TokenInputs:
    """The inputs with how sure an entity must be, chosen on validation rows."""
    few = valid.take(np.arange(min(len(valid), MOST_VALID)))
    texts = inputs.texts(few)
    said = partial(entities, inputs, model, texts)
    return replace(inputs, bar=sureness.bar(said, problem.truth(few), run.remaining))
