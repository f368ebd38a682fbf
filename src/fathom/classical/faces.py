"""Faces by projection: eigenfaces keep what varies most, fisherfaces what tells persons apart."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
from scipy.linalg import eigh
from sklearn.decomposition import PCA

from fathom.classical import saving
from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.data.portraits import Portraits
from fathom.learner import Run
from fathom.messages import phrase
from fathom.tasks.gallery import Gallery, unit
from fathom.tasks.identities import Identities
from fathom.tasks.likeness import promise
from fathom.tasks.problem import Problem

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

ROWS_A_SECOND = 400  # of the time left: finding axes must not use it up
FEWEST_ROWS = 200
FEW_ROWS = 1_500
FLAT = 1e-6


@dataclass
class Projected:
    """What both share: faces become vectors on chosen axes, and a person is the mean of its pictures' vectors."""

    side: int = 48  # pixels of a face's square
    most_axes: int = 200

    portraits_: Portraits = field(init=False, repr=False)
    mean_: Floats = field(init=False, repr=False)
    axes_: Floats = field(init=False, repr=False)  # [features, axes]
    gallery_: Gallery = field(init=False, repr=False)
    far_: float = field(init=False, repr=False)

    told: ClassVar[str] = "pixel"

    def fit(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> None:
        """Find axes on the training rows, and choose among them by validation rows."""
        column = problem.inputs_of(Kind.IMAGE)[0]
        with run.step("features"):
            self.portraits_ = Portraits.learn(column, train, self.side, cut=problem.cut)
            owners, looked = problem.truth(train), problem.truth(valid)
            x, seen = self.described(train), self.described(valid)
        self.far_ = problem.far
        with run.step("training"):
            highest = -1.0
            self.mean_ = x.mean(axis=0, dtype=np.float64)
            x, seen = x - self.mean_, seen - self.mean_
            for place, (name, axes) in enumerate(self._choices(x, owners, run)):
                gallery = Gallery.of(problem.persons, x @ axes, owners)
                vectors = unit(seen @ axes)
                said = Identities(problem.persons, gallery.similarities(vectors), vectors)
                found = promise(looked, said) if len(looked) else -float(place)
                run.progress(0.9, phrase("{name}: validation {found:.4f}", name=name, found=found))
                if place == 0 or found > highest:
                    highest, self.axes_, self.gallery_ = found, axes, gallery
                if run.remaining() < 0:
                    break
        run.progress(1.0, "trained")

    def _choices(self, x: Floats, owners: Codes, run: Run) -> Iterator[tuple[str, Floats]]:
        """Axes to choose from, [features, axes] each, the usual ones first."""
        raise NotImplementedError

    def _principal(self, x: Floats, run: Run) -> tuple[Floats, Floats]:
        """The axes of largest variance and the deviation along each, found on as many rows as time allows."""
        rows = len(x)
        if np.isfinite(run.deadline):
            rows = max(int(ROWS_A_SECOND * run.remaining()), FEWEST_ROWS)
        sample = x[:: 1 + len(x) // max(rows, 1)] if rows < len(x) else x
        count = max(min(self.most_axes, *(each - 1 for each in sample.shape)), 1)
        if len(sample) > FEW_ROWS:
            found = PCA(count, svd_solver="randomized", random_state=run.seed).fit(sample)
            return found.components_.T.astype(np.float64), np.sqrt(found.explained_variance_) + FLAT
        centred = sample - sample.mean(
            axis=0
        )  # from few rows the products of all pairs tell as much (Turk and Pentland)
        values, vectors = eigh(centred @ centred.T)
        lengths = np.sqrt(np.maximum(values[::-1][:count], FLAT))
        axes = centred.T @ (vectors[:, ::-1][:, :count] / lengths)
        return axes, lengths / np.sqrt(max(len(sample) - 1, 1)) + FLAT

    def described(self, dataset: Dataset) -> Floats:
        """What each face is compared by, float64 [rows, features]: its pixels, at one brightness and contrast."""
        pixels = self.portraits_.pixels(dataset).reshape(len(dataset), self.portraits_.side**2).astype(np.float64)
        centred = pixels - pixels.mean(axis=1, keepdims=True)
        described: Floats = centred / (centred.std(axis=1, keepdims=True) + 1.0)
        return described

    def embed(self, dataset: Dataset) -> Floats:
        """The vector of each face, float64 [rows, axes] of length one."""
        return unit((self.described(dataset) - self.mean_) @ self.axes_)

    def predict(self, dataset: Dataset) -> Identities:
        """How similar each face is to each known person."""
        vectors = self.embed(dataset)
        return Identities(self.gallery_.persons, self.gallery_.similarities(vectors), vectors, far=self.far_)

    def knowing(self, gallery: Gallery) -> Self:
        """The learner with these persons."""
        other = copy(self)
        other.gallery_ = gallery
        return other

    def save(self, folder: Path) -> None:
        """Write how faces are read and who is known as JSON, axes and persons' vectors as arrays."""
        state = {"portraits": self.portraits_.to_json(), "persons": list(self.gallery_.persons), "far": self.far_}
        saving.write_learner(folder, self, state, {"mean": self.mean_, "axes": self.axes_, **self.gallery_.arrays()})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The learner that `save` wrote."""
        learner, state = saving.read_learner(folder, cls)
        arrays = saving.read_arrays(folder / saving.ARRAYS)
        with saving.reading(folder):
            learner.portraits_ = Portraits.from_json(state["portraits"])
            learner.far_ = float(state["far"])
            learner.mean_, learner.axes_ = arrays["mean"], arrays["axes"]
            learner.gallery_ = Gallery.read(tuple(map(str, state["persons"])), arrays)
            width = len(learner.features())
            if learner.axes_.shape != (width, learner.gallery_.sums.shape[1]) or learner.mean_.shape != (width,):
                raise ValueError(phrase("axes and features differ in number"))
        return learner

    def features(self) -> list[str]:
        """The pixels of a face."""
        side = range(1, self.portraits_.side + 1)
        return [f"{self.told} {row}, {column}" for row in side for column in side]


@dataclass
class Eigenfaces(Projected):
    """The axes along which faces vary most (Turk and Pentland 1991), compared by the cosine between them.

    The first axes are mostly light: without the first one, two or three people are told apart better (Belhumeur et al.
    1997). How many are kept and dropped, and whether each counts the same, validation rows decide.

    >>> Eigenfaces(side=32).side
    32
    """

    numbers: tuple[int, ...] = (80, 40, 160)  # of axes
    dropped: tuple[int, ...] = (0, 1, 3)
    evened: tuple[bool, ...] = (False, True)

    def _choices(self, x: Floats, owners: Codes, run: Run) -> Iterator[tuple[str, Floats]]:
        axes, deviations = self._principal(x, run)
        for number in self.numbers:
            for first in self.dropped:
                for even in self.evened:
                    kept = slice(min(first, axes.shape[1] - 1), first + number)
                    chosen = axes[:, kept] / (deviations[kept] if even else 1.0)
                    yield phrase("{count} axes", count=chosen.shape[1]), chosen


@dataclass
class Fisherfaces(Projected):
    """The axes along which persons differ more than their pictures do (Belhumeur, Hespanha and Kriegman 1997).

    Linear discriminant analysis within the principal axes: what varies from picture to picture of one person (light,
    pose, mood) is made equally small along each axis, some of it borrowed from the mean so that few pictures suffice.

    >>> Fisherfaces().ridges
    (0.1, 0.01, 1.0)
    """

    ridges: tuple[float, ...] = (0.1, 0.01, 1.0)  # shares of the mean variance within persons that are added to each
    numbers: tuple[int, ...] = (200, 100, 50)  # of principal axes within which it looks

    def _choices(self, x: Floats, owners: Codes, run: Run) -> Iterator[tuple[str, Floats]]:
        principal, _ = self._principal(x, run)
        for number in self.numbers:
            inside = principal[:, :number]
            y = x @ inside
            for ridge in self.ridges:
                axes = discriminant_axes(y, owners, ridge)
                name = phrase("{count} axes", count=axes.shape[1])
                yield name, inside @ axes


def discriminant_axes(x: Floats, owners: Codes, ridge: float) -> Floats:
    """The axes of largest variance between persons for one unit of variance within, float64 [features, axes].

    `owners`: int64 [rows]; at most as many axes as there are persons less one. `ridge`: the share of the mean variance
    within persons that is added along every axis (Friedman 1989).

    >>> x = np.array([[0.0, 9.0], [0.2, -9.0], [5.0, 9.0], [5.2, -9.0]])
    >>> axes = discriminant_axes(x, np.array([0, 0, 1, 1]), 0.01)
    >>> axes.shape, bool(abs(axes[0, 0]) > 10 * abs(axes[1, 0]))
    ((2, 1), True)
    """
    _, place, counts = np.unique(owners, return_inverse=True, return_counts=True)
    means = np.zeros((len(counts), x.shape[1]))
    np.add.at(means, place, x)
    means /= counts[:, None]
    away = x - means[place]
    within = away.T @ away / len(x)
    weighed = (means - x.mean(axis=0)) * np.sqrt(counts / len(x))[:, None]
    middle = float(np.trace(within)) / len(within) + FLAT
    within[np.diag_indices_from(within)] += ridge * middle
    number = max(min(len(counts) - 1, x.shape[1]), 1)
    axes: Floats = eigh(weighed.T @ weighed, within)[1][:, ::-1][:, :number]
    return np.ascontiguousarray(axes)
