"""Finding things by windows that slide over a picture at many sizes (Dalal and Triggs 2005)."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from fathom.classical import hinge, saving
from fathom.classical.features.cells import Cells
from fathom.classical.mining import Sight, Stock, gather, moved
from fathom.classical.windows import Shape, levels, shapes
from fathom.data import media
from fathom.data.boxes import rectangles
from fathom.data.dataset import Dataset
from fathom.data.rectangles import clipped, suppressed
from fathom.learner import Run
from fathom.tasks.boxes import Box, Boxes
from fathom.tasks.detections import MAP50, taken
from fathom.tasks.problem import Problem

Floats = npt.NDArray[np.float64]
Candidates = tuple[Floats, Floats]  # boxes [n, 4], scores [n]

FLOOR = -1.0  # a score below which nothing is a candidate
MOST_CANDIDATES, MOST_SAID = 200, 100  # of a label in a picture, before and after suppression
OVERLAPS = (0.3, 0.4, 0.5)  # that suppression may ask for
RIDGE = 30.0
MOST_KEPT = 256 << 20  # bytes of features of pictures that are kept from round to round
MOST_MOVED = 2_500  # windows that the moves are learned from
COLOUR_PICTURES = 60
PICTURE, SEARCHED = "picture", 1.5  # part of an answer; times what looking at a picture takes, for finding in it too
SHARES = (0.3, 0.55, 0.75)  # of the time, until which each round may gather windows; later rounds as the last


@dataclass
class Pattern:
    """A shape with what was learned for it: weights and bias of its score, and of how to move a window."""

    shape: Shape
    weights: npt.NDArray[np.float32]
    bias: float
    move: npt.NDArray[np.float32]


@dataclass
class SlidingWindow:
    """Linear support vectors over cells' edges and colours, one window shape or more for each label.

    Windows that training takes for things where there are none are added and learned from again, `rounds` times. Each
    window is moved to fit by a linear estimate (Girshick et al. 2014); of those over one another the best stays; how
    far they may overlap and what a score means as a probability is learned from the validation rows.
    """

    rounds: int = 2
    strength: float = 0.003

    column_: str = field(init=False, repr=False)
    cells_: Cells = field(init=False, repr=False)
    patterns_: list[Pattern] = field(init=False, repr=False)
    sure_: dict[str, tuple[float, float]] = field(init=False, repr=False)  # slope and shift of a score's log-odds
    overlap_: float = field(init=False, repr=False)

    def fit(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> None:
        """Learn a pattern for each label from the training pictures, what is sure from the validation ones."""
        self.column_, self.patterns_, self.overlap_ = problem.inputs[0].name, [], 0.4
        self.sure_ = dict.fromkeys(problem.boxes, (2.0, -1.0))
        self.cells_ = Cells(((0.0, 0.0, 0.0),))
        whole = run.remaining()
        truth = problem.truth(train)
        rows = np.flatnonzero(problem.known(truth))
        chance = np.random.default_rng(run.seed)
        order = chance.permutation(rows)  # so that whatever time allows is a fair part
        with run.step("features"):
            self.cells_ = self._colours(train, order[:COLOUR_PICTURES], run)
        stocks = [Stock(shape) for shape in _shapes(problem, truth[rows], run.seed)]
        learned: list[Floats | None] = [None] * len(stocks)
        shelf: dict[int, Sight] = {}
        for number in range(self.rounds + 1):
            left = whole * (1 - SHARES[min(number, len(SHARES) - 1)])  # what this round leaves to all that follows
            seconds = max(run.remaining() - left, 0.0) if math.isfinite(whole) else math.inf
            done = self._gathered(train, truth, order, stocks, learned, shelf, chance, run, seconds)
            run.hurried = run.hurried or done < len(order)
            run.progress((number + 0.5) / (self.rounds + 2), f"round {number + 1} of {self.rounds + 1}")
            with run.step("training"):
                learned = [self._learned(*pair, run) for pair in zip(stocks, learned, strict=True)]
            if run.remaining() < 0.35 * whole:
                run.hurried = run.hurried or number < self.rounds
                break
        with run.step("training"):
            pairs = zip(stocks, learned, strict=True)
            self.patterns_ = [_pattern(stock, found, run) for stock, found in pairs if found is not None]
        with run.step("calibration"):
            self._calibrate(problem, valid, run)
        run.progress(1.0, "calibrated")

    def _colours(self, train: Dataset, rows: npt.NDArray[np.int64], run: Run) -> Cells:
        """The usual colours of some pictures."""
        found = [np.zeros((2, 3), dtype=np.uint8)]
        for _, pixels in pictures(train.take(rows), self.column_):
            if run.remaining() < 0:
                break
            flat = pixels.reshape(-1, 3)
            found.append(flat[:: max(1, len(flat) // 1_000)])
        return Cells.learn(np.concatenate(found), run.seed)

    def _gathered(
        self, train: Dataset, truth: npt.NDArray[Any], order: npt.NDArray[np.int64], stocks: Sequence[Stock],
        learned: Sequence[Floats | None], shelf: dict[int, Sight], chance: np.random.Generator, run: Run,
        seconds: float,
    ) -> int:  # fmt: skip
        """Take windows from the pictures into the stocks, as many as time and room allow; how many pictures were."""
        end, done, kept = run.remaining() - seconds, 0, sum(sight.bytes for sight in shelf.values())
        looked, looking = 0, 0.0
        wanted = [stock.shape for stock in stocks]
        with run.step("windows"):
            for at, row in enumerate(order):
                if run.remaining() < end or not any(stock.room() for stock in stocks):
                    break
                done = at + 1
                begun, known = time.monotonic(), shelf.get(at)
                if (sight := known or self._seen(train, int(row), wanted)) is None:
                    continue
                if known is None:
                    looked, looking = looked + 1, looking + time.monotonic() - begun
                    run.answering(PICTURE, SEARCHED * looking / looked)
                if at not in shelf and kept + sight.bytes <= MOST_KEPT:
                    shelf[at], kept = sight, kept + sight.bytes
                for stock, weights in zip(stocks, learned, strict=True):
                    marks = [mark for mark in truth[order[at]] if mark[4] == stock.shape.label]
                    gather(stock, sight, rectangles(marks), weights, chance)
        return done

    def _seen(self, train: Dataset, row: int, wanted: Sequence[Shape]) -> Sight | None:
        """A row's picture at its scales; None where it cannot be read."""
        found = next(pictures(train.take([row]), self.column_), None)
        return None if found is None else self._sight(found[1], wanted)

    def _learned(self, stock: Stock, before: Floats | None, run: Run) -> Floats | None:
        """The weights of a stock's windows; None where it lacks things or anything else."""
        if not stock.things or not stock.nothing:
            return before
        x, positive = stock.matrix()
        start = np.zeros(x.shape[1] + 1) if before is None else before
        weights = hinge.fit(x, positive, self.strength, start, run.remaining)
        stock.thin(weights)
        return weights

    def _sight(self, pixels: npt.NDArray[np.uint8], wanted: Sequence[Shape]) -> Sight:
        steps = sorted({step for shape in wanted for step in range(shape.first, shape.last + 1)})
        return Sight(list(levels(pixels, self.cells_, steps)), pixels.shape[1], pixels.shape[0])

    def _calibrate(self, problem: Problem, valid: Dataset, run: Run) -> None:
        """How far boxes may overlap and what scores mean, from the validation rows that time allows to look at."""
        truth = problem.truth(valid)
        rows = np.flatnonzero(problem.known(truth))
        seen: list[dict[str, Candidates]] = []
        looked = []
        begun = time.monotonic()
        for at, pixels in pictures(valid.take(rows), self.column_):
            if run.remaining() < 0.02:
                break
            seen.append(self._candidates(pixels))
            looked.append(rows[at])
            run.answering(PICTURE, (time.monotonic() - begun) / len(looked))
        if not looked:
            return
        known = truth[looked]
        said = {most: Boxes.of(self._said(each, most) for each in seen) for most in OVERLAPS}
        scores = {most: MAP50.score(known, boxes, None) for most, boxes in said.items()}
        self.overlap_ = max(OVERLAPS, key=lambda most: (np.nan_to_num(scores[most], nan=-1.0), -abs(most - 0.4)))
        for label in problem.boxes:
            self.sure_[label] = self._odds(label, known, [each.get(label) for each in seen])

    def _odds(self, label: str, truth: npt.NDArray[Any], seen: Sequence[Candidates | None]) -> tuple[float, float]:
        """Slope and shift of the log-odds of a box being right, by its score (Platt 1999)."""
        hits, scores = [np.zeros(0, dtype=bool)], [np.zeros(0)]
        for marks, found in zip(truth, seen, strict=True):
            if found is not None:
                boxes, score = _best(found, self.overlap_)
                true = rectangles([mark for mark in marks if mark[4] == label])
                hits.append(taken(boxes, true, np.array([0.5]))[:, 0])
                scores.append(score)
        return _platt(np.concatenate(scores), np.concatenate(hits))

    def _candidates(self, pixels: npt.NDArray[np.uint8]) -> dict[str, Candidates]:
        """For each label the windows of a picture that may hold one, moved to fit, with their scores."""
        sight = self._sight(pixels, [pattern.shape for pattern in self.patterns_])
        found: dict[str, list[Candidates]] = {}
        for pattern in self.patterns_:
            boxes, level, place = sight.windows(pattern.shape)
            scores = sight.scores(pattern.shape, pattern.weights, pattern.bias).astype(np.float64)
            kept = np.argsort(-scores, kind="stable")[:MOST_CANDIDATES]
            kept = kept[scores[kept] > FLOOR]
            if not len(kept):
                continue
            vectors = sight.vectors(pattern.shape, level[kept], place[kept])
            by = vectors @ pattern.move[:-1] + pattern.move[-1]
            fitted = clipped(moved(boxes[kept], by.astype(np.float64)), sight.width, sight.height)
            whole = (fitted[:, 2:] - fitted[:, :2]).min(axis=1) >= 1
            found.setdefault(pattern.shape.label, []).append((fitted[whole], scores[kept][whole]))
        return {
            label: (np.concatenate([each[0] for each in parts]), np.concatenate([each[1] for each in parts]))
            for label, parts in found.items()
        }

    def _said(self, found: dict[str, Candidates], most: float) -> Iterator[Box]:
        """The boxes of one picture: of those over one another the best."""
        for label, candidates in found.items():
            slope, shift = self.sure_[label]
            boxes, scores = _best(candidates, most)
            sure = 1 / (1 + np.exp(-np.clip(slope * scores + shift, -30, 30)))
            for (left, top, right, bottom), probability in zip(boxes.tolist(), sure.tolist(), strict=True):
                yield Box(left, top, right, bottom, label, probability)

    def predict(self, dataset: Dataset) -> Boxes:
        """The boxes found in each picture; none in a missing one."""
        rows: list[list[Box]] = [[] for _ in range(len(dataset))]
        for row, pixels in pictures(dataset, self.column_, strict=True):
            rows[row] = list(self._said(self._candidates(pixels), self.overlap_))
        return Boxes.of(rows)

    def save(self, folder: Path) -> None:
        """Write shapes and numbers as JSON, weights as arrays."""
        arrays: saving.Arrays = {}
        for number, pattern in enumerate(self.patterns_):
            arrays |= {f"weights{number}": pattern.weights, f"move{number}": pattern.move}
        state = {
            "column": self.column_,
            "palette": [list(colour) for colour in self.cells_.palette],
            "shapes": [pattern.shape.to_json() for pattern in self.patterns_],
            "bias": [pattern.bias for pattern in self.patterns_],
            "sure": {label: list(pair) for label, pair in self.sure_.items()},
            "overlap": self.overlap_,
        }
        saving.write_learner(folder, self, state, arrays)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The learner that `save` wrote."""
        learner, state = saving.read_learner(folder, cls)
        arrays = saving.read_arrays(folder / saving.ARRAYS)
        with saving.reading(folder):
            learner.column_, learner.overlap_ = str(state["column"]), float(state["overlap"])
            learner.cells_ = Cells(tuple((float(r), float(g), float(b)) for r, g, b in state["palette"]))
            learner.sure_ = {str(name): (float(slope), float(shift)) for name, (slope, shift) in state["sure"].items()}
            learner.patterns_ = []
            for number, (each, bias) in enumerate(zip(state["shapes"], state["bias"], strict=True)):
                shape, weights, move = Shape.from_json(each), arrays[f"weights{number}"], arrays[f"move{number}"]
                size = shape.whole[0] * shape.whole[1] * len(learner.cells_.names)
                if weights.shape != (size,) or move.shape != (size + 1, 4) or shape.label not in learner.sure_:
                    raise ValueError(shape.label)
                learner.patterns_.append(Pattern(shape, weights, float(bias), move))
        return learner

    def features(self) -> list[str]:
        """What it is told of each cell of a window."""
        return self.cells_.names


def pictures(dataset: Dataset, column: str, *, strict: bool = False) -> Iterator[tuple[int, npt.NDArray[np.uint8]]]:
    """Row and pixels, uint8 [height, width, 3], of each picture; missing ones are passed over.

    Broken ones too, unless `strict`: then they are an error that names the row.
    """
    cells = dataset[column]
    for row in range(len(cells)):
        if cells[row] is None:
            continue
        try:
            yield row, media.cell_pixels(cells, row, dataset.folder)
        except media.TROUBLES:
            if strict:
                raise


def _shapes(problem: Problem, truth: npt.NDArray[Any], seed: int) -> list[Shape]:
    found = []
    for label in problem.boxes:
        boxes = rectangles([mark for marks in truth for mark in marks if mark[4] == label])
        found += shapes(label, boxes, seed) if len(boxes) else []
    return found


def _pattern(stock: Stock, weights: Floats, run: Run) -> Pattern:
    """The weights with how to move a window: ridge regression on the windows of things."""
    size = len(weights)
    move = np.zeros((size, 4), dtype=np.float32)
    if stock.things and run.remaining() > 1:
        x = np.concatenate(stock.things)[-MOST_MOVED:].astype(np.float64)
        y = np.concatenate(stock.moves)[-MOST_MOVED:]
        middle, mean = x.mean(axis=0), y.mean(axis=0)
        centred = x - middle
        kernel = centred @ centred.T
        kernel[np.diag_indices(len(kernel))] += RIDGE
        found = centred.T @ np.linalg.solve(kernel, y - mean)
        move[:-1], move[-1] = found, mean - middle @ found
    return Pattern(stock.shape, weights[:-1].astype(np.float32), float(weights[-1]), move)


def _best(found: Candidates, most: float) -> Candidates:
    boxes, scores = found
    kept = suppressed(boxes, scores, most)[:MOST_SAID]
    return boxes[kept], scores[kept]


def _platt(scores: Floats, hits: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and shift of the most probable log-odds, drawn a little towards 2 and -1; the slope is never negative."""
    slope, shift = 2.0, -1.0
    for _ in range(50):
        given = 1 / (1 + np.exp(-np.clip(slope * scores + shift, -30, 30)))
        short, curve = given - hits, given * (1 - given)
        pull = np.array([short @ scores + slope - 2.0, short.sum() + 0.1 * (shift + 1.0)])
        bend = np.array([[curve @ scores**2 + 1.0, curve @ scores], [curve @ scores, curve.sum() + 0.1]])
        step = np.clip(np.linalg.solve(bend, pull), -1.0, 1.0)
        slope, shift = max(slope - float(step[0]), 0.05), shift - float(step[1])
        if np.abs(step).max() < 1e-8:
            break
    return slope, shift
