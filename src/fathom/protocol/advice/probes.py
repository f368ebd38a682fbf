"""Probes: three quick looks at how much of the target the inputs tell, and in what manner they tell it.

Cheap learners as signs of a problem's nature are the landmarkers of Pfahringer, Bensusan and Giraud-Carrier,
"Meta-learning by landmarking various learning algorithms", 2000. A weighted sum sees what adds up, nearest neighbours
what is smooth, a single tree what is cut by thresholds.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.decomposition import TruncatedSVD
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.neighbors import NearestNeighbors
from sklearn.tree import DecisionTreeRegressor

from fathom import catalog
from fathom.classical.features.table import Table
from fathom.classical.features.text import Text
from fathom.data import media
from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.data.split import split
from fathom.tasks.label_sets import LabelSets
from fathom.tasks.predictions import Labels, Numbers, Predictions
from fathom.tasks.problem import Problem
from fathom.tasks.task import Measure, Task

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Guess = Callable[[Floats, Floats, Floats], Floats]  # features, answers, new features -> answers for the new ones

ROWS = 3_000  # a sample tells
CELLS = 1_500_000  # of the sample's features; of many features, fewer rows are looked at
FEWEST_ROWS = 200  # but no fewer than these
FOLDS = 4
DIRECTIONS = 100  # that texts are told by
SIDE = 12  # pixels that a picture is shrunk to
PENALTIES = np.logspace(-1, 5, 7)
FREEDOMS = (0.0003, 0.01, 0.3)  # inverse penalties of the weighted sums for labels
STEPS = 60  # that they may take: near the end is near enough
MOST_WEIGHTS = 300  # up to so many, second derivatives find them sooner
NEIGHBOURS = (3, 10, 30)
LEAVES = (3, 10, 30)  # rows of a leaf
SURE = 2.4  # standard errors above the baseline that chance reaches in 2.5 % of cases, with the best of three probes


@dataclass(frozen=True)
class Probe:
    """What one probe found on rows that it was not fitted on.

    `explained`: the share of the target's (squared) uncertainty that it removes, 0 for the baseline, 1 at most, below 0
    where it is worse; `deviations`: how many standard errors that is above the baseline; `score`: the deciding measure.
    """

    name: str
    explained: float
    deviations: float
    score: float


@dataclass(frozen=True)
class Probes:
    """All probes on the same `rows` rows; `baseline`: the measure's score of always saying the same."""

    rows: int
    measure: str
    percent: bool
    baseline: float
    linear: Probe
    nearest: Probe
    tree: Probe

    @property
    def all(self) -> tuple[Probe, Probe, Probe]:
        """The probes, the one of sums first."""
        return self.linear, self.nearest, self.tree

    @property
    def best(self) -> Probe:
        """The probe that explains most."""
        return max(self.all, key=lambda probe: probe.explained)

    @property
    def explained(self) -> float:
        """The share of the target's uncertainty that the best probe removes, 0 to 1."""
        return max(self.best.explained, 0.0)

    @property
    def telling(self) -> bool:
        """Whether any probe is above the baseline by more than chance allows."""
        return any(probe.deviations > SURE for probe in self.all)


def probe(dataset: Dataset, problem: Problem, *, seed: int = 0, rows: int = ROWS) -> Probes | None:
    """Cross-validated probes on a sample of the rows with a target; None where there are too few to tell.

    Rows of a group, rows with equal inputs, and the order in time are respected as a study's split respects them.

    >>> from fathom.data.read import read
    >>> x = np.linspace(0, 1, 400)
    >>> data = read({"x": x, "y": 3 * x + np.random.default_rng(0).normal(0, 0.1, 400)})
    >>> from fathom.tasks.tabular_regression import TASK
    >>> found = probe(data, TASK.pose(data, "y"))
    >>> found.telling, round(found.linear.explained, 2)
    (True, 0.99)
    """
    if problem.labels or problem.boxes or problem.persons or problem.conditions:
        return None  # no look at a whole text or picture tells where in it something is, or whether it is a stranger
    part = _sample(dataset, problem, seed, rows)
    folds = _folds(part, problem, seed)
    if len(folds) == 0 or min(map(len, folds)) < 2:
        return None
    task: Task = catalog.load(catalog.task(problem.task).path)
    measure = task.measure(task.choose_measure(problem, part))
    truth = problem.truth(part)
    answers = _answers(problem, truth)
    features = _features(part, problem)
    court = _Court(problem, measure, truth, answers, features, folds, _clusters(part, problem))
    found = {name: court.tried(name, guess) for name, guess in GUESSES.items()}
    baseline = court.score(np.broadcast_to(answers.mean(axis=0), (sum(map(len, folds)), answers.shape[1])))
    return Probes(len(part), measure.name, measure.percent, baseline, **found)


def _answers(problem: Problem, truth: npt.NDArray[Any]) -> Floats:
    """The truth as numbers to guess, float64 [rows, answers]."""
    if problem.sets:
        return truth.astype(np.float64)
    return np.eye(len(problem.classes))[truth] if problem.classes else _standard(truth)[:, None]


@dataclass(frozen=True)
class _Court:
    """What the probes share: the rows, their answers, the folds; `clusters`: rows of one group share a number."""

    problem: Problem
    measure: Measure
    truth: npt.NDArray[Any]
    answers: Floats
    features: Floats
    folds: list[Rows]
    clusters: Rows

    def tried(self, name: str, guess: Guess) -> Probe:
        """What a way of guessing reaches."""
        looked = np.concatenate(self.folds)
        answers = self.answers[looked]
        usual = ((answers - self.held(_usual)) ** 2).sum(axis=1)
        held = self.held(guess)
        gain = usual - ((answers - held) ** 2).sum(axis=1)
        total = np.bincount(self.clusters[looked], gain)
        total = total[np.bincount(self.clusters[looked]) > 0]
        error = float(np.sqrt(len(total)) * total.std())
        deviations = float(gain.sum()) / error if error > 0 else 0.0
        return Probe(name, float(gain.sum() / max(usual.sum(), 1e-300)), deviations, self.score(held))

    def held(self, guess: Guess) -> Floats:
        """The guesses for each fold's rows out of all rows of the other folds (by time: of the rows before them)."""
        made = []
        for fold in self.folds:
            others = np.ones(len(self.features), dtype=bool)
            others[fold] = False
            made.append(guess(self.features[others], self.answers[others], self.features[fold]))
        return np.concatenate(made)

    def score(self, held: Floats) -> float:
        """The deciding measure of guesses for the rows of all folds."""
        looked = np.concatenate(self.folds)
        return self.measure.score(self.truth[looked], self._predictions(held), None)

    def _predictions(self, held: Floats) -> Predictions:
        if not (self.problem.classes or self.problem.sets):
            return Numbers(held[:, 0] * (self.truth.std() or 1.0) + self.truth.mean())
        if self.problem.sets:
            return LabelSets.of(self.problem.sets, np.clip(held, 0.0, 1.0))
        positive = np.clip(held, 1e-6, None)
        return Labels(self.problem.classes, positive / positive.sum(axis=1, keepdims=True))


def _usual(features: Floats, answers: Floats, new: Floats) -> Floats:
    """The mean answer for every row."""
    return np.broadcast_to(answers.mean(axis=0), (len(new), answers.shape[1]))


def _linear(features: Floats, answers: Floats, new: Floats) -> Floats:
    """A weighted sum with small weights; how small, rows left out tell."""
    if answers.shape[1] > 1:
        return _linear_labels(features, answers, new)
    sums = RidgeCV(PENALTIES).fit(features, answers)
    return np.asarray(sums.predict(new), dtype=np.float64).reshape(len(new), -1)


def _linear_labels(features: Floats, answers: Floats, new: Floats) -> Floats:
    codes = answers.argmax(axis=1)
    held = np.arange(len(features)) % FOLDS == 0
    losses = []
    for freedom in FREEDOMS if len(np.unique(codes[~held])) > 1 else ():
        told = _weighed(features[~held], codes[~held], features[held], freedom, answers.shape[1])
        losses.append(((told - answers[held]) ** 2).sum())
    if not losses:
        return _usual(features, answers, new)
    return _weighed(features, codes, new, FREEDOMS[int(np.argmin(losses))], answers.shape[1])


def _weighed(features: Floats, codes: Rows, new: Floats, freedom: float, classes: int) -> Floats:
    """Probabilities of a logistic regression, float64 [new rows, classes]."""
    told = np.zeros((len(new), classes))
    few = features.shape[1] * (classes if classes > 2 else 1) <= MOST_WEIGHTS
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        sums = LogisticRegression(
            C=freedom, solver="newton-cholesky" if few else "lbfgs", max_iter=STEPS, tol=1e-3
        ).fit(features, codes)
    told[:, sums.classes_] = sums.predict_proba(new)
    return told


def _nearest(features: Floats, answers: Floats, new: Floats) -> Floats:
    """The mean answer of the nearest rows; of how many, leaving one row out tells."""
    most = min(NEIGHBOURS[-1], len(features) - 1)
    index = NearestNeighbors(n_neighbors=most, algorithm="brute", n_jobs=1).fit(features)
    others = index.kneighbors(return_distance=False)  # of the rows themselves: each without itself
    numbers = sorted({min(number, most) for number in NEIGHBOURS})
    losses = [((answers[others[:, :number]].mean(axis=1) - answers) ** 2).sum() for number in numbers]
    number = numbers[int(np.argmin(losses))]
    means: Floats = answers[index.kneighbors(new, number, return_distance=False)].mean(axis=1)
    return means


def _tree(features: Floats, answers: Floats, new: Floats) -> Floats:
    """The mean answer of a leaf of one tree; how large leaves are, a quarter of the rows tells."""
    held = np.arange(len(features)) % FOLDS == 0
    losses = []
    for leaf in LEAVES:
        tree = DecisionTreeRegressor(min_samples_leaf=leaf, random_state=0).fit(features[~held], answers[~held])
        losses.append(((tree.predict(features[held]).reshape(answers[held].shape) - answers[held]) ** 2).sum())
    tree = DecisionTreeRegressor(min_samples_leaf=LEAVES[int(np.argmin(losses))], random_state=0)
    return np.asarray(tree.fit(features, answers).predict(new), dtype=np.float64).reshape(len(new), -1)


GUESSES: dict[str, Guess] = {"linear": _linear, "nearest": _nearest, "tree": _tree}


def _sample(dataset: Dataset, problem: Problem, seed: int, rows: int) -> Dataset:
    """Some rows with a target; fewer where each has many features."""
    truth = problem.truth(dataset)
    known = np.flatnonzero(problem.known(truth))
    some = np.random.default_rng(seed).permutation(known)[:rows]
    if len(some) > FEWEST_ROWS:
        pilot = _features(dataset.take(some[:FEWEST_ROWS]), problem).shape[1]
        some = some[: max(CELLS // pilot, FEWEST_ROWS)]
    return dataset.take(np.sort(some))


def _folds(part: Dataset, problem: Problem, seed: int) -> list[Rows]:
    """Rows to be guessed, each fold from all others; by time, the latest quarter from those before."""
    if problem.time:
        latest = split(part, problem, seed=seed, test=1 / FOLDS, valid=0.0).test
        return [latest] if len(latest) < len(part) else []
    left = np.arange(len(part))
    folds = []
    for parts in range(FOLDS, 1, -1):
        drawn = split(part.take(left), problem, seed=seed, test=1 / parts, valid=0.0)
        folds.append(left[drawn.test])
        left = left[drawn.train]
    return [*folds, left]


def _features(part: Dataset, problem: Problem) -> Floats:
    """Numbers on one scale, labels one-hot, pictures as few pixels; float64 [rows, features]."""
    pictures = problem.inputs_of(Kind.IMAGE)
    made = [] if pictures and len(pictures) == len(problem.inputs) else [_of_table(part, problem)]
    if problem.inputs_of(Kind.TEXT):
        made.append(_of_texts(part, problem))
    for name in pictures:
        channels = media.image_shape(part[name], part.folder)[2]
        pixels = media.images(part[name], part.folder, size=(SIDE, SIDE), channels=1 if channels == 1 else 3)
        made.append(pixels.reshape(len(part), -1) / 128.0 - 1.0)
    return np.hstack(made)


def _of_table(part: Dataset, problem: Problem) -> Floats:
    matrix: Floats = Table.learn(problem.inputs, part.frame, squash=True).matrix(part)
    return matrix


def _of_texts(part: Dataset, problem: Problem) -> Floats:
    """The main directions of the texts' n-grams (latent semantic analysis, Deerwester et al. 1990), of spread one."""
    texts = replace(problem, inputs=tuple(column for column in problem.inputs if column.kind == Kind.TEXT))
    grams = Text.learn(texts, part).matrix(part)
    size = min(DIRECTIONS, min(grams.shape) - 1)
    if size < 1:
        return np.zeros((len(part), 1))
    found: Floats = TruncatedSVD(size, random_state=0).fit_transform(grams).astype(np.float64)
    found /= np.maximum(found.std(axis=0), 1e-12)
    return found


def _clusters(part: Dataset, problem: Problem) -> Rows:
    """Rows of one group share a number, for they err together; int64 [rows]."""
    if not problem.group:
        return np.arange(len(part))
    ranks: Rows = part[problem.group].rank("dense").fill_null(0).to_numpy().astype(np.int64)
    return ranks


def _standard(values: Floats) -> Floats:
    """Centred, and scaled to a deviation of one."""
    scaled: Floats = (values - values.mean()) / (float(values.std()) or 1.0)
    return scaled
