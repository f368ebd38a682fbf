"""How well pairs of strangers are told apart: every threshold in one picture, and those that the model keeps to."""

from __future__ import annotations

from functools import partial

import numpy as np

from fathom.messages import phrase
from fathom.report import wording
from fathom.report.charts import marks
from fathom.report.charts.plot import Axis, Size, figure, frame
from fathom.report.charts.scale import Scale
from fathom.report.evidence import Answers
from fathom.report.html import Child, Markup, join, tag
from fathom.report.tables import table
from fathom.tasks import likeness
from fathom.tasks.identities import Identities

SIZES = (Size(760, 340, "wide"), Size(360, 320, "narrow"))
LEAST = 1e-3  # false accepts at the left end of the chart
MOST_POINTS = 400


def body(said: Identities, answers: Answers, look: str) -> Markup:
    """The receiver operating characteristic over pairs, and the thresholds with what they promise and keep."""
    found = likeness.pairs(answers.truth, said)
    drawn = found.curve()
    if drawn is None:
        told = tag("p", phrase("No stranger is on two test pictures, so there are no pairs to draw this from."))
        return join(told, _thresholds(said, answers, found))
    equal = drawn.equal_error
    chart = figure(
        partial(_draw, drawn, equal, look),
        title=phrase("Are these two the same person?"),
        alt=phrase(
            "equal error rate {equal}; {share} of true pairs pass where {far} of false ones do",
            equal=wording.percent(equal),
            share=wording.percent(drawn.true_at(said.far)),
            far=wording.percent(said.far),
        ),
        caption=phrase(
            "Pairs of test pictures of strangers: {genuine:,} of one person, {impostors:,} of two. The higher the "
            "line, the fewer true pairs are refused; the dot is where both errors are equal, {equal}.",
            genuine=int(found.genuine.sum()),
            impostors=int((~found.genuine).sum()),
            equal=wording.percent(equal),
        ),
        sizes=SIZES,
    )
    return join(chart, _thresholds(said, answers, found))


def _draw(drawn: likeness.Curve, equal: float, look: str, size: Size) -> Markup:
    x = Axis(Scale(LEAST, 1, *size.across, log=True), phrase("false accepts"), _rate, at=(0.001, 0.01, 0.1, 1.0))
    y = Axis(Scale(0, 1, *size.upward), phrase("true pairs that pass"), wording.round_percent)
    chosen = np.unique(np.linspace(0, len(drawn.false) - 1, MOST_POINTS).astype(int))
    places = [(x.scale(float(drawn.false[at])), y.scale(float(drawn.true[at]))) for at in chosen]
    chance = [(x.scale(share), y.scale(share)) for share in np.geomspace(LEAST, 1, 40).tolist()]
    tip = phrase("equal error rate {equal}", equal=wording.percent(equal))
    dot = marks.point((x.scale(max(equal, LEAST)), y.scale(1 - equal)), look, tip, 5)
    return frame(size, x, y, [marks.line(chance, "ideal"), marks.line(places, look), dot])


def _rate(share: float) -> str:
    return f"{100 * share:g} %"


def _thresholds(said: Identities, answers: Answers, found: likeness.Pairs) -> Markup:
    foreign = likeness.strangers(answers.truth, said)
    impostors = found.scores[~found.genuine]
    rows: list[list[Child]] = [
        [
            phrase("somebody known"),
            wording.number(said.threshold),
            wording.percent(said.far),
            wording.percent(float(said.accepted[foreign].mean()) if foreign.any() else None),
            f"{int(foreign.sum()):,}",
        ],
        [
            phrase("the same person"),
            wording.number(said.pair_threshold),
            wording.percent(said.far),
            wording.percent(float((impostors >= said.pair_threshold).mean()) if len(impostors) else None),
            f"{len(impostors):,}",
        ],
    ]
    head = [
        phrase("verdict"),
        phrase("from similarity"),
        phrase("false accepts promised"),
        phrase("false accepts on test rows"),
        phrase("tried"),
    ]
    caption = phrase("Thresholds were chosen on validation rows; few strangers there make them uncertain.")
    return table(caption, head, rows, numbers=(1, 2, 3, 4))


def limits() -> Markup:
    """What no figure here says."""
    return join(
        tag("h3", phrase("What these figures do not say")),
        tag(
            "ul",
            *(
                tag("li", each)
                for each in (
                    phrase(
                        "They hold for pictures like the test pictures: other cameras, light, angles, resolution, "
                        "masks, or years in between make faces less alike, and nobody measured by how much."
                    ),
                    phrase(
                        "Groups that are few here, or not here at all, may be recognised worse or taken for each other "
                        "more often."
                    ),
                    phrase(
                        "The more persons are known, the more strangers resemble one of them; relatives and twins more "
                        "than strangers by chance."
                    ),
                    phrase(
                        "A picture held before the camera is recognised like the person: nothing here tells a living "
                        "face from a photograph."
                    ),
                    phrase(
                        "Vectors of faces are biometric data. In many places they may be kept only with consent or a "
                        "law, and decisions about people need a person who reviews them."
                    ),
                )
            ),
        ),
    )
