"""Alerts: what they catch and cost at every threshold, how many come a day, and why the strongest were raised."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.messages import phrase
from fathom.protocol.insight import alerted
from fathom.report import parts, wording
from fathom.report.charts import marks
from fathom.report.charts.plot import Axis, Size, figure, frame
from fathom.report.charts.scale import Scale
from fathom.report.evidence import Answers, Evidence
from fathom.report.html import Child, Markup, join, tag
from fathom.report.tables import table
from fathom.tasks import alerts
from fathom.tasks.predictions import Alerts

SIZES = (Size(760, 320, "wide"), Size(360, 320, "narrow"))
MOST_POINTS = 400
MOST_ALERTS = 20
MOST_DAYS = 60
STEPS = (0.0, 0.001, 0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)

Floats = npt.NDArray[np.float64]


def body(evidence: Evidence) -> Markup:
    """Precision over recall, money by threshold, alerts a day."""
    if evidence.alerts is None or evidence.winner is None:
        return parts.absent(phrase("There are no stored answers of a finished contender to compare with the truth."))
    said, answers = evidence.alerts
    flagged, frauds = said.codes == 1, answers.truth == 1
    told = phrase(
        "{learner} raises {flagged:,} alerts on {rows:,} test rows; {right:,} of them are frauds, of {frauds:,} in "
        "all. The threshold, a probability of {threshold}, was chosen on validation rows.",
        learner=evidence.winner.learner,
        flagged=int(flagged.sum()),
        rows=len(flagged),
        right=int((flagged & frauds).sum()),
        frauds=int(frauds.sum()),
        threshold=wording.percent(said.threshold),
    )
    few = _few(evidence)
    pieces = [tag("p", told), *([tag("p", few)] if few else []), _precision(said, answers, evidence.winner.family)]
    if said.amounts is not None:
        pieces.append(_money(said, answers, evidence.winner.family))
    pieces.append(_days(evidence, said, answers))
    return join(*pieces)


def _few(evidence: Evidence) -> str | None:
    """What is to be said where the budget is less than one of the rows that the threshold was chosen by."""
    chosen, events = int(evidence.calibration.get("rows", 0)), evidence.study.problem.events
    budget = None if events is None else events.budget
    if not chosen or budget is None or budget * chosen >= 1:
        return None
    return phrase(
        "So few validation rows ({chosen:,}) cannot place a threshold for so small a budget: less than one of them may "
        "be an alert, so no more than the highest of their scores raises none.",
        chosen=chosen,
    )


def _precision(said: Alerts, answers: Answers, look: str) -> Markup:
    frauds, others = alerts.steps(answers.truth, said, None)
    if not frauds.sum():
        return parts.absent(phrase("No test row is a fraud, so there is nothing to draw."))
    caught, taken = np.cumsum(frauds), np.cumsum(frauds + others)
    recall, precision = caught / caught[-1], caught / taken
    flagged = said.codes == 1
    at = (_share(flagged & (answers.truth == 1), answers.truth == 1), _share(flagged & (answers.truth == 1), flagged))
    return figure(
        partial(_draw_precision, recall, precision, at, look),
        title=phrase("Precision over recall"),
        alt=phrase("precision from {first} to {last}", first=wording.percent(float(precision[0])),
                   last=wording.percent(float(precision[-1]))),
        caption=phrase(
            "Each point is a threshold: the share of the frauds that it finds, and of its alerts that are frauds. The "
            "dot is the one that was chosen; at the right end every row is an alert."
        ),
        sizes=SIZES,
    )  # fmt: skip


def _share(top: npt.NDArray[np.bool_], bottom: npt.NDArray[np.bool_]) -> float:
    return float(top.sum() / bottom.sum()) if bottom.any() else 0.0


def _draw_precision(recall: Floats, precision: Floats, at: tuple[float, float], look: str, size: Size) -> Markup:
    x = Axis(Scale(0, 1, *size.across), phrase("share of the frauds found"), wording.round_percent)
    y = Axis(Scale(0, 1, *size.upward), phrase("share of alerts that are frauds"), wording.round_percent)
    chosen = _some(len(recall))
    places = [(x.scale(float(recall[step])), y.scale(float(precision[step]))) for step in chosen]
    tip = phrase("finds {recall}, right {precision}", recall=wording.percent(at[0]), precision=wording.percent(at[1]))
    dot = marks.point((x.scale(at[0]), y.scale(at[1])), look, tip, 5)
    return frame(size, x, y, [marks.line(places, look), dot])


def _some(count: int) -> list[int]:
    found: list[int] = np.unique(np.linspace(0, count - 1, min(count, MOST_POINTS)).astype(int)).tolist()
    return found


def _money(said: Alerts, answers: Answers, look: str) -> Markup:
    order = np.argsort(-said.scores, kind="stable")
    worth = np.concatenate([[0.0], np.cumsum(alerts.saved(answers.truth, said)[order])])
    chosen = int((said.codes == 1).sum())
    best = int(worth.argmax())
    most = max(2 * chosen, 2 * best, 50)  # what lies beyond is a long way down
    worth = worth[: min(most, len(worth) - 1) + 1]
    return figure(
        partial(_draw_money, worth, chosen, look),
        title=phrase("Money saved by the number of alerts"),
        alt=phrase("{saved} with {count:,} alerts", saved=wording.number(float(worth[min(chosen, len(worth) - 1)])),
                   count=chosen),
        caption=phrase(
            "Amounts of the frauds among so many of the strongest alerts, less {cost} for a look at each, over all "
            "test rows. The dot is what the threshold chosen on validation rows brought; the most there was is {most}, "
            "with {count:,} alerts.",
            cost=wording.number(said.review_cost),
            most=wording.number(float(worth[min(best, len(worth) - 1)])),
            count=best,
        ),
        sizes=SIZES,
    )  # fmt: skip


def _draw_money(worth: Floats, chosen: int, look: str, size: Size) -> Markup:
    low, high = float(min(worth.min(), 0.0)), float(max(worth.max(), 1.0))
    x = Axis(Scale(0, len(worth) - 1, *size.across), phrase("alerts"), wording.number)
    y = Axis(Scale(low, high, *size.upward), phrase("money saved"), wording.number)
    places = [(x.scale(at), y.scale(float(worth[at]))) for at in _some(len(worth))]
    at = min(chosen, len(worth) - 1)
    tip = phrase("{count:,} alerts save {saved}", count=chosen, saved=wording.number(float(worth[at])))
    return frame(
        size, x, y, [marks.line(places, look), marks.point((x.scale(at), y.scale(float(worth[at]))), look, tip, 5)]
    )


def _days(evidence: Evidence, said: Alerts, answers: Answers) -> Markup:
    """Alerts by day of the test rows, and how many of them are right."""
    name = evidence.study.problem.time
    if name is None or name not in answers.test.names or not answers.test[name].dtype.is_temporal():
        return tag("p", phrase("Without a column of times alerts are not told by the day."))
    days = answers.test[name][answers.rows].cast(pl.Date)
    right = (said.codes == 1) & (answers.truth == 1)
    by = pl.DataFrame({"day": days, "alerts": said.codes == 1, "right": right, "frauds": answers.truth == 1})
    counted = (
        by.drop_nulls("day").group_by("day").agg(pl.len().alias("rows"), pl.col("alerts", "right", "frauds").sum())
    )
    counted = counted.sort("day")
    rows: list[list[Child]] = [
        [str(day), f"{count:,}", f"{raised:,}", f"{true:,}", f"{frauds:,}"]
        for day, count, raised, true, frauds in counted.tail(MOST_DAYS).iter_rows()
    ]
    span = (counted["day"].max() - counted["day"].min()).days + 1 if counted.height else 1  # type: ignore[operator, union-attr]
    said_of = phrase(
        "{a_day} alerts a day on average, {most:,} on the day with most.",
        a_day=wording.number(float(counted["alerts"].sum()) / span),
        most=int(counted["alerts"].max() or 0),  # type: ignore[arg-type]
    )
    head = [phrase("day"), phrase("test rows"), phrase("alerts"), phrase("of them frauds"), phrase("frauds")]
    return join(tag("p", said_of), table(phrase("Alerts by day"), head, rows, numbers=(1, 2, 3, 4), sortable=True))


def sureness(said: Alerts, answers: Answers) -> Markup:
    """How often a row is a fraud, by the probability it was given; steps are finer where frauds are rare."""
    place = np.clip(np.searchsorted(STEPS, said.scores, side="right") - 1, 0, len(STEPS) - 2)
    rows: list[list[Child]] = [
        [
            phrase("{low} to {high}", low=wording.percent(STEPS[at]), high=wording.percent(STEPS[at + 1])),
            f"{int((place == at).sum()):,}",
            wording.percent(float(said.scores[place == at].mean())),
            wording.percent(float((answers.truth[place == at] == 1).mean())),
        ]
        for at in np.unique(place).tolist()
    ]
    caption = phrase("Where the last two agree, the probability of a fraud means what it says.")
    head = [phrase("probability"), phrase("test rows"), phrase("mean probability"), phrase("share that is fraud")]
    return table(caption, head, rows, numbers=(1, 2, 3))


def examples(evidence: Evidence, said: Alerts, answers: Answers) -> Markup:
    """The strongest alerts with why they were raised, then the frauds with the lowest scores."""
    strongest = np.argsort(-said.scores, kind="stable")[:MOST_ALERTS].tolist()
    reasons = alerted.found(evidence.study)
    frauds = np.flatnonzero(answers.truth == 1)
    missed = [at for at in frauds[np.argsort(said.scores[frauds], kind="stable")].tolist() if not said.codes[at]]
    why = lambda at: _why(reasons.get(int(answers.rows[at]), []))  # noqa: E731
    first = _listed(evidence, said, answers, strongest, phrase("The strongest alerts"), (phrase("because"), why))
    if not missed:
        return join(first, tag("p", phrase("No fraud was missed.")))
    caption = phrase("{shown} of {count:,} frauds that raised no alert, the least suspected first",
                     shown=len(missed[:MOST_ALERTS]), count=len(missed))  # fmt: skip
    return join(first, _listed(evidence, said, answers, missed[:MOST_ALERTS], caption, None))


def _why(reasons: list[dict[str, object]]) -> Markup:
    """Reasons, each with the value and what it adds."""
    lines: list[Child] = []
    for each in reasons:
        value = "" if each["value"] is None else f" {wording.value(each['value'])}"
        lines.append(tag("li", parts.name(each["column"]), value, tag("small", f" {float(str(each['worth'])):+.2f}")))
    return tag("ul", lines, class_="reasons") if lines else tag("span", wording.NOTHING)


def _listed(evidence: Evidence, said: Alerts, answers: Answers, rows: list[int], caption: str, last: object) -> Markup:
    events = evidence.study.problem.events
    named = [] if events is None else [events.time, *events.entities, events.amount]
    columns = [name for name in dict.fromkeys(named) if name and name in answers.test.names]
    values = answers.test.frame.select(columns)[answers.rows[rows]].rows()
    heading: list[Child] = [phrase("test row"), phrase("fraud"), phrase("probability"), *map(parts.name, columns)]
    cells: list[list[Child]] = [
        [
            f"{int(answers.rows[at]) + 1:,}",
            parts.name(said.classes[int(answers.truth[at])], 30),
            wording.percent(float(said.scores[at])),
            *[wording.value(cell) for cell in row],
        ]
        for at, row in zip(rows, values, strict=True)
    ]
    if isinstance(last, tuple):
        heading.append(last[0])
        cells = [[*cell, last[1](at)] for cell, at in zip(cells, rows, strict=True)]
    return table(caption, heading, cells, numbers=(2,))
