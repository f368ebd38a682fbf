"""Forecasts weighed with experience: the noisier a study's own measurements, the more other data sets say.

Contenders' losses at a size are normal around what the study's curves say, with the covariance of their draws, and
around what other data sets say, with the covariance between data sets; only how contenders stand to one another is
known from elsewhere, never how hard the problem is. Both together are normal again (Lindley and Smith, "Bayes estimates
for the linear model", 1972). A draw is a standing drawn from experience, corrected by what was measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fathom.protocol.advice.experience import Experience
from fathom.tasks.predictions import Floats

POINT = 0.01  # of a share: so much loss more or less is nothing, where next to nothing is wrong
OPEN = 10.0  # the standard deviation of how hard a problem is, in logarithms: as good as unknown
LEAST = 1e-9
HURRY = 0.5  # the standard deviation, in logarithms, of what more time would change where a learner was cut short
FEWEST = 2  # learners that must be known from elsewhere: one alone has nobody to stand beside


@dataclass(frozen=True)
class Leaning:
    """What a forecast leans on. `squared`: losses are errors in the target's own unit, whose squares add up."""

    experience: Experience
    squared: bool

    def knows(self, learner: str) -> bool:
        """Whether the learner stood among others before."""
        return learner in self.experience.learners

    def unit(self, losses: Floats) -> Floats:
        """Losses as they are compared between data sets."""
        if self.squared:
            return np.asarray(2 * np.log(np.maximum(losses, LEAST * max(float(losses.max()), LEAST))))
        return np.asarray(np.log(np.maximum(losses, 0) + POINT))

    def loss(self, units: Floats) -> Floats:
        """Losses again."""
        return np.asarray(np.exp(units / 2) if self.squared else np.maximum(np.exp(units) - POINT, 0))

    def weigh(
        self,
        learners: Sequence[str],
        curves: Sequence[Floats],
        rows: Floats,
        generator: np.random.Generator,
        hurried: Sequence[bool] = (),
    ) -> tuple[list[Floats], Floats]:
        """The contenders' drawn curves, each float64[D, Q] at these `rows`, and how much experience weighs at each.

        The weight, float64[Q], is 0 where the study's own measurements decide and 1 where they tell nothing. Draws stay
        paired. Contenders that experience does not know are left as they are. `hurried`: whose time was too short, so
        that what was measured tells less of what it can do.
        """
        known = [index for index, name in enumerate(learners) if self.knows(name)]
        if len(known) < FEWEST:
            return list(curves), np.zeros(len(rows))
        names = [learners[index] for index in known]
        expected, between = self.experience.standing(names, rows)
        measured = self.unit(np.stack([curves[index] for index in known], axis=1))  # [D, L, Q]
        count, size = measured.shape[0], len(known)
        doubt = HURRY * np.array([bool(hurried) and hurried[index] for index in known])
        measured = measured + (doubt * generator.standard_normal((count, size)))[:, :, None]
        prior = between + OPEN**2
        drawn = generator.multivariate_normal(np.zeros(size), prior, size=count)
        weighed, weight = np.empty_like(measured), np.empty(len(rows))
        for at in range(len(rows)):
            here = measured[:, :, at]
            guess = expected[:, at] + float(here.mean()) + drawn
            gain = prior @ np.linalg.inv(prior + np.cov(here.T) + LEAST * np.eye(size))
            weighed[:, :, at] = guess + (here - guess) @ gain.T
            weight[at] = np.clip((size - np.trace(gain)) / (size - 1), 0.0, 1.0)
        result = list(curves)
        for place, index in enumerate(known):
            result[index] = self.loss(weighed[:, place])
        return result, weight
