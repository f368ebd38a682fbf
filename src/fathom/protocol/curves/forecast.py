"""What contenders would score on more rows, from what they scored on fewer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from fathom.protocol.curves.crossing import outlook
from fathom.protocol.curves.curve import LEVEL, MOST_TIMES, Curve, Outlook, Shape
from fathom.protocol.curves.growth import growth
from fathom.protocol.curves.noise import Sizes, gather, grain, seed_noise
from fathom.protocol.curves.peaks import misbehaviour, wander
from fathom.protocol.curves.posterior import Drawn, draw
from fathom.protocol.curves.weighing import Leaning
from fathom.tasks.predictions import Floats

DRAWS = 1000  # curves drawn of every contender, at least
SURE = 0.9  # a curve is at its ceiling where doubling brings less than the margin with this probability
LITTLE = 0.0005  # of the reach of scores: where next to nothing is wrong any more, a margin is next to nothing too
MOST_OF = 0.95  # of the way to the ceiling: enough rows
FEWEST = 3  # sizes that a contender needs for its shape to be named, and to stand for its family without experience
AHEAD = 2.0 ** np.arange(0, np.log2(MOST_TIMES) + 0.25, 0.5)


@dataclass(frozen=True)
class Measured:
    """One contender's points: `rows`: int64[P], `scores`: float64[P], `seconds`: float64[P] of the fits.

    Seconds are NaN where a fit was cut short: that tells of the time there was, not of the rows.
    `draws`: float64[R, P], the scores of the same predictions on bootstrap resample r of the test rows. The R resamples
    are the same for every contender and point, so that differences are paired. `hurried`: on most rows its time was
    too short.
    """

    learner: str
    family: str
    rows: npt.NDArray[np.int64]
    scores: Floats
    draws: Floats
    seconds: Floats
    hurried: bool = False


@dataclass(frozen=True)
class _Scale:
    """Scores as losses and back: `perfect`: the best score; `sign`: 1 where higher is better; `worst`: a loss."""

    perfect: float
    sign: float
    worst: float

    @property
    def little(self) -> float:
        """A gain that nobody would notice, whatever the margin; 0 where scores have no bounds."""
        return LITTLE * self.worst if np.isfinite(self.worst) else 0.0

    def loss(self, scores: Floats) -> Floats:
        return self.sign * (self.perfect - scores)

    def score(self, losses: Floats) -> Floats:
        return self.perfect - self.sign * np.minimum(losses, self.worst)


def forecast(
    measured: Sequence[Measured],
    *,
    rows: float,
    bounds: tuple[float, float],
    higher_is_better: bool,
    margin: float,
    seed: int = 0,
    leaning: Leaning | None = None,
) -> tuple[list[Curve], Outlook | None]:
    """Curves of contenders, in their order, and how the answer changes with more rows.

    `rows`: the training rows of the study; curves reach to 64 times that. `bounds`: the lowest and highest score
    possible, infinite where there is none. `margin`: the difference in score that matters. The score told is that of
    one model trained at that size, on endless test rows of the same kind. The outlook is None where a family has no
    contender with points at 3 sizes or more, and where its best on all rows has fewer: the others would stand for less
    than the family can do. A baseline stands for no family. `leaning`: the experience that the outlook is weighed with;
    whom it knows stands for its family with one size already. Curves are the contenders' own, whatever experience says.

    >>> size = np.array([100, 200, 400, 800, 1600])
    >>> score = 0.9 - 2 / np.sqrt(size)
    >>> draws = score + np.linspace(-0.01, 0.01, 50)[:, None]
    >>> one = Measured("ridge", "classical", size, score, draws, size / 100)
    >>> curves, _ = forecast([one], rows=1600, bounds=(0, 1), higher_is_better=True, margin=0.002)
    >>> curves[0].shape, curves[0].low[-1] < 0.89 < curves[0].high[-1]
    ('rising', True)
    """
    usable = [np.isfinite(each.scores) & np.isfinite(each.draws).all(axis=0) for each in measured]
    kept = [index for index, use in enumerate(usable) if use.any()]
    if not kept:
        return [], None
    scale = _scale([measured[index].scores[usable[index]] for index in kept], bounds, higher_is_better)
    gathered = _gather([measured[index] for index in kept], [usable[index] for index in kept], scale, margin)
    noises = seed_noise(gathered)
    ahead = rows * AHEAD
    count = DRAWS + -DRAWS % len(gathered[0].draws)
    curves: list[Curve] = []
    drawn: list[Drawn] = []
    for index, sizes, (noise, freedom) in zip(kept, gathered, noises, strict=True):
        generator = np.random.default_rng([seed, index])
        inside = sizes.rows[sizes.rows < 0.999 * rows]
        asked = np.concatenate([inside, ahead])
        trouble = misbehaviour(sizes, noise, freedom, margin)
        draws = (wander if trouble else draw)(sizes, noise, asked, count, generator)
        curves.append(_curve(measured[index], sizes, asked, draws, scale, trouble, margin, len(inside)))
        drawn.append(Drawn(draws.curve[:, len(inside) :], draws.fitted[:, len(inside) :], draws.limit, draws.families))
    able = [
        place
        for place, (index, sizes) in enumerate(zip(kept, gathered, strict=True))
        if len(sizes.rows) >= FEWEST or (leaning is not None and leaning.knows(measured[index].learner))
    ]
    if _misleading([measured[index].family for index in kept], gathered, able, rows, margin):
        return curves, None
    ready = Ready([measured[kept[place]] for place in able], [drawn[place] for place in able])
    return curves, _outlook(ready, ahead, margin, scale.little, leaning, seed)


def _misleading(
    families: Sequence[str], gathered: Sequence[Sizes], able: Sequence[int], rows: float, margin: float
) -> bool:
    """Whether the best of a family on all rows has too few sizes to stand for it, and is ahead of all that do."""
    for family in ("classical", "deep"):
        ends = {
            place: float(sizes.losses[-1])
            for place, sizes in enumerate(gathered)
            if families[place] == family and sizes.rows[-1] > 0.999 * rows
        }
        standing = [ends[place] for place in able if place in ends]
        if standing and min(ends.values()) < min(standing) - margin:
            return True
    return False


@dataclass(frozen=True)
class Ready:
    """Contenders that stand for their families, and their curves drawn from the study's rows on."""

    contenders: list[Measured]
    drawn: list[Drawn]


def _scale(scores: list[Floats], bounds: tuple[float, float], higher_is_better: bool) -> _Scale:
    """Losses count from the best score possible, or from well beyond the best measured where there is no best."""
    best, worst = (bounds[1], bounds[0]) if higher_is_better else bounds
    sign = 1.0 if higher_is_better else -1.0
    if not np.isfinite(best):
        every = sign * np.concatenate(scores)
        best = sign * float(every.max() + 3 * max(np.ptp(every), 0.01 * np.abs(every).max(), 1e-9))
    return _Scale(float(best), sign, abs(float(worst) - float(best)))


def _gather(
    measured: Sequence[Measured], usable: Sequence[npt.NDArray[np.bool_]], scale: _Scale, margin: float
) -> list[Sizes]:
    losses = [scale.loss(each.scores[use]) for each, use in zip(measured, usable, strict=True)]
    draws = [scale.loss(each.draws[:, use]) for each, use in zip(measured, usable, strict=True)]
    one = grain(losses, draws)
    return [
        gather(each.rows[use].astype(float), loss, drawn, max(margin / 2, 0.02 * float(np.median(loss)), 1e-9), one)
        for each, use, loss, drawn in zip(measured, usable, losses, draws, strict=True)
    ]


def _curve(
    one: Measured,
    sizes: Sizes,
    asked: Floats,
    draws: Drawn,
    scale: _Scale,
    trouble: Shape | None,
    margin: float,
    inside: int,
) -> Curve:
    tail = (1 - LEVEL) / 2
    middle, low, high = np.quantile(scale.score(draws.fitted), [0.5, tail, 1 - tail], axis=0)
    gained = draws.curve[:, inside] - draws.curve[:, inside + 2]
    ceiling = None if trouble else float(np.median(scale.score(draws.limit)))
    doubling = np.quantile(gained, [0.5, tail, 1 - tail])
    return Curve(
        learner=one.learner,
        family=one.family,
        rows=[float(size) for size in asked],
        middle=middle.tolist(),
        low=low.tolist(),
        high=high.tolist(),
        shape=trouble or _shape(gained, len(sizes.rows), max(margin, scale.little)),
        ceiling=ceiling,
        enough_rows=None
        if ceiling is None
        else _enough(asked, scale.loss(middle), float(scale.loss(np.array(ceiling)))),
        doubling=(float(doubling[0]), float(doubling[1]), float(doubling[2])),
        growth=growth(one.rows.tolist(), one.seconds.tolist()),
        families=draws.families,
    )


def _shape(gained: Floats, sizes: int, margin: float) -> Shape:
    """Whether twice the rows bring the margin: "rising" where that is more likely than not."""
    if sizes < FEWEST:
        return "unclear"
    brings = float((gained >= margin).mean())
    return "at its ceiling" if brings <= 1 - SURE else "rising" if brings >= 0.5 else "unclear"


def _enough(rows: Floats, losses: Floats, limit: float) -> float | None:
    """The first size where 95 % of the way from the first loss to the limit is made, by the logarithm of rows."""
    wanted = losses[0] - MOST_OF * (losses[0] - limit)
    there = np.flatnonzero(losses <= wanted)
    if not len(there):
        return None
    first = int(there[0])
    if first == 0:
        return float(rows[0])
    share = (losses[first - 1] - wanted) / (losses[first - 1] - losses[first])
    return float(rows[first - 1] * (rows[first] / rows[first - 1]) ** share)


def _outlook(
    ready: Ready, rows: Floats, margin: float, little: float, leaning: Leaning | None, seed: int
) -> Outlook | None:
    families = np.array([each.family for each in ready.contenders])
    deep, classical = families == "deep", families == "classical"
    if not deep.any() or not classical.any():
        return None
    names = [each.learner for each in ready.contenders]
    curves = [each.curve for each in ready.drawn]
    weight = np.zeros(len(rows))
    if leaning is not None:
        hurried = [each.hurried for each in ready.contenders]
        curves, weight = leaning.weigh(names, curves, rows, np.random.default_rng([seed, len(curves)]), hurried)
    expected = np.stack(curves)
    fitted = np.maximum(expected + np.stack([each.fitted - each.curve for each in ready.drawn]), 0)
    told = outlook(
        expected[classical].min(axis=0) - expected[deep].min(axis=0),
        fitted[classical].min(axis=0) - fitted[deep].min(axis=0),
        rows,
        margin,
    )
    best = np.median(expected, axis=1).argmin(axis=0)
    near = (expected <= expected.min(axis=0) + max(margin, little)).mean(axis=1)
    return replace(
        told,
        best=[names[index] for index in best],
        near={name: [round(float(share), 4) for share in own] for name, own in zip(names, near, strict=True)},
        experience=0 if leaning is None or not weight.any() else leaning.experience.sets,
        weight=[round(float(each), 4) for each in weight],
    )
