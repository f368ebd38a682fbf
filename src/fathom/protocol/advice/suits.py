"""Which learners a study would try, and why: the cheat sheet's reasons, read against a problem's signs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fathom import catalog
from fathom.messages import listed, phrase
from fathom.protocol.advice import paces
from fathom.protocol.advice.advice import Candidate
from fathom.protocol.contenders import BASELINE
from fathom.tasks.problem import Problem

CLEAR = 0.03  # a lead of one probe over another, in shares of what there is to explain, that is worth a word
MANY_COLUMNS = 50
SLOW_ROWS = 20_000  # from here on, asking or weighing single rows takes long
FEW_ROWS = 1_000

Signs = Mapping[str, float]


def candidates(problem: Problem, signs: Signs, size: tuple[float, float, float]) -> tuple[Candidate, ...]:
    """The contenders of a study on this problem in the order it tries them, the baseline left out.

    `size`: rows, columns and labels, as `paces.shape` counts them.
    """
    rows = [row for row in catalog.learners_for(problem.task) if row.contender and row.name != BASELINE]
    return tuple(_candidate(row, problem, signs, size) for row in rows)


def _candidate(row: catalog.LearnerRow, problem: Problem, signs: Signs, size: tuple[float, float, float]) -> Candidate:
    absent = catalog.missing(row.extra) if row.extra else ()
    prefer = catalog.preferred(row, catalog.task(problem.task).reads)
    return Candidate(
        row.name,
        row.family,
        REASONS[row.name](signs, size) if row.name in REASONS and not signs["text"] else prefer,
        prefer,
        row.accuracy,
        row.training,
        row.linear,
        row.parameters,
        row.features,
        paces.seconds(row.name, problem.task, size),
        f"pip install 'fathom-ml[{row.extra}]'" if absent else "",
    )


def _sums(signs: Signs, size: tuple[float, float, float]) -> str:
    lead = max(signs["nearest"], signs["tree"]) - signs["linear"]
    if signs["signal"] <= 0:
        return phrase("the plainest answer, and the hardest to fool by chance")
    if lead < CLEAR:
        return phrase("a weighted sum already tells as much as any of the quick looks: effects seem to add up")
    return phrase(
        "explained at once, but a weighted sum misses {lead:.0%} of what there is to explain that another look sees",
        lead=lead,
    )


def _boosting(signs: Signs, size: tuple[float, float, float]) -> str:
    if signs["image"]:
        return phrase("finds thresholds in measured features of pictures; seldom the best there")
    found = []
    if signs["stepped"] >= CLEAR:
        found.append(phrase("thresholds tell {lead:.0%} more than other looks see", lead=signs["stepped"]))
    if signs["categories"] > 0:
        found.append(phrase("it takes categories as they are"))
    if signs["missing"] > 0:
        found.append(phrase("it takes empty cells as they are"))
    return listed(found) if found else phrase("most often the best on tables, and quick to train")


def _neighbours(signs: Signs, size: tuple[float, float, float]) -> str:
    if signs["signal"] <= 0:
        reason = phrase("costs no training; few, clean columns suit it")
    elif signs["nearest"] >= max(signs["linear"], signs["tree"]):
        reason = phrase("of the quick looks, that at similar rows tells most")
    elif size[1] >= MANY_COLUMNS:
        reason = phrase("costs no training; so many columns blur what is similar")
    else:
        reason = phrase("costs no training; here other looks tell more")
    return phrase("{reason}; slow to answer from so many rows", reason=reason) if size[0] > SLOW_ROWS else reason


def _forest(signs: Signs, size: tuple[float, float, float]) -> str:
    return phrase("a robust answer without tuning, to hold boosting against")


def _borders(signs: Signs, size: tuple[float, float, float]) -> str:
    if size[0] > SLOW_ROWS:
        return phrase("smooth borders; it learns from a share of so many rows")
    if signs["bent"] >= CLEAR:
        return phrase("few enough rows, and smooth effects that do not add up")
    return phrase("few enough rows; smooth borders")


def _feedforward(signs: Signs, size: tuple[float, float, float]) -> str:
    if signs["image"]:
        return phrase("a plain network, to tell what filters add")
    if size[0] < FEW_ROWS:
        return phrase("a network that finds its own combinations of columns; rows are few for that")
    if signs["bent"] >= CLEAR and signs["bent"] >= signs["stepped"]:
        return phrase("smooth effects that do not add up, which a network follows")
    return phrase("a network that finds its own combinations of columns")


def _convolutional(signs: Signs, size: tuple[float, float, float]) -> str:
    if size[0] < FEW_ROWS:
        return phrase("learns filters from the pixels; pictures are few for that")
    return phrase("learns filters from the pixels, which nobody has to make")


REASONS: dict[str, Callable[[Signs, tuple[float, float, float]], str]] = {
    "logistic-regression": _sums,
    "ridge": _sums,
    "gradient-boosting": _boosting,
    "nearest-neighbours": _neighbours,
    "random-forest": _forest,
    "support-vectors": _borders,
    "feedforward": _feedforward,
    "convolutional": _convolutional,
}
