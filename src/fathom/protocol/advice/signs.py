"""Signs: what can be told of a problem in seconds, as the few numbers from which a family's odds follow.

Describing a data set by numbers to foretell which learner suits it is meta-learning (Brazdil et al., "Metalearning",
2009); which of such numbers matter between trees and networks on tables was studied by McElfresh et al., "When do
neural nets outperform boosted trees on tabular data?", 2023.
"""

from __future__ import annotations

import math

import numpy as np

from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.protocol.advice.probes import Probe, Probes, probe
from fathom.tasks.problem import Problem


def signs(dataset: Dataset, problem: Problem, probes: Probes | None = None, *, seed: int = 0) -> dict[str, float]:
    """The signs of a problem, finite numbers by name.

    `rows`, `columns`, `classes`: decimal logarithms (pictures: columns are 1; numbers to predict: classes are 1, so
    that both count as 0). `rarest`: the share of the rarest label (0 for numbers). `categories`, `missing`: shares
    of the columns and of their cells. `image`, `number`: 1 or 0. `linear`, `nearest`, `tree`: what each probe
    explains, 0 to 1. `bent`: how far nearest neighbours are above the weighted sum (smooth effects that do not add
    up), `stepped`: how far the tree is above both (thresholds); `signal`: what the best of the probes explains.

    `probes`: those of `fathom.protocol.advice.probes`, where they were made before.

    >>> from fathom.data.read import read
    >>> from fathom.tasks.tabular_regression import TASK
    >>> x = np.linspace(0, 1, 1000)
    >>> data = read({"x": x, "y": np.sin(20 * x)})
    >>> found = signs(data, TASK.pose(data, "y"))
    >>> found["rows"], found["bent"] > 0.5
    (3.0, True)
    """
    found = probes or probe(dataset, problem, seed=seed)
    linear, nearest, tree = map(_explained, found.all) if found else (0.0, 0.0, 0.0)
    inputs = problem.inputs
    return {
        "rows": math.log10(max(len(dataset), 1)),
        "columns": math.log10(max(len(inputs), 1)),
        "classes": math.log10(max(len(problem.classes), 1)),
        "rarest": rarest(dataset, problem)[1],
        "categories": sum(column.kind == Kind.CATEGORY for column in inputs) / max(len(inputs), 1),
        "missing": sum(column.missing for column in inputs) / max(len(inputs), 1),
        "image": float(any(column.kind == Kind.IMAGE for column in inputs)),
        "text": float(any(column.kind == Kind.TEXT for column in inputs)),
        "number": float(problem.answer == Kind.NUMBER),
        "linear": linear,
        "nearest": nearest,
        "tree": tree,
        "bent": nearest - linear,
        "stepped": tree - max(linear, nearest),
        "signal": max(linear, nearest, tree),
    }


def rarest(dataset: Dataset, problem: Problem) -> tuple[str, float]:
    """The label of the fewest rows and its share of the rows that have one; nothing where numbers are predicted."""
    if not problem.classes:
        return "", 0.0
    truth = problem.truth(dataset)
    counts = np.bincount(truth[truth >= 0], minlength=len(problem.classes))
    return problem.classes[int(counts.argmin())], float(counts.min() / max(counts.sum(), 1))


def _explained(probe: Probe) -> float:
    return max(probe.explained, 0.0)
