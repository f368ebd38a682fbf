"""Strange rows: how scores are spread, what the alarm budget catches, when, and why."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.data.kinds import Kind
from fathom.messages import phrase
from fathom.protocol.intervals import wilson
from fathom.report import parts, wording
from fathom.report.charts import marks
from fathom.report.charts.histogram import histogram
from fathom.report.charts.plot import Axis, Size, figure, frame
from fathom.report.charts.scale import Scale, around
from fathom.report.evidence import Answers, Evidence
from fathom.report.html import Child, Markup, join, tag
from fathom.report.tables import table
from fathom.tasks.scores import Scores
from fathom.tasks.strangeness import ROC_AUC

BINS = 40
MOST_POINTS = 600
MOST_ROWS = 20
SIZES = (Size(760, 320, "wide"), Size(360, 300, "narrow"))
FAR = 20.0  # times the median from which on scores are drawn by their logarithm

Floats = npt.NDArray[np.float64]


def body(evidence: Evidence) -> Markup:
    """What was flagged and what was missed, by kind of anomaly, and the scores of all test rows."""
    if evidence.scores is None or evidence.winner is None:
        return parts.absent(phrase("There are no stored answers of a finished contender to compare with the truth."))
    said, answers = evidence.scores
    strange = answers.truth > 0
    told = phrase(
        "{learner} flagged {flagged:,} of {rows:,} test rows; the budget is {alerts}. {right:,} of these alarms are "
        "anomalies, and {missed:,} of {strange:,} anomalies raised none.",
        learner=evidence.winner.learner,
        flagged=int(said.flagged.sum()),
        rows=len(said),
        alerts=budget(evidence),
        right=int((said.flagged & strange).sum()),
        missed=int((strange & ~said.flagged).sum()),
        strange=int(strange.sum()),
    )
    return join(planted(evidence), tag("p", told), _kinds(evidence, said, answers), _spread(evidence, said, answers),
                _over_time(evidence, said, answers))  # fmt: skip


def planted(evidence: Evidence) -> Markup | None:
    """That the anomalies are no real ones, where they were planted."""
    if not evidence.study.problem.planted:
        return None
    warning = phrase(
        "These anomalies were planted: no column says which rows are real ones. The figures say how well breaks of "
        "these kinds are seen, and not how many of the anomalies that occur will be found."
    )
    return tag("p", tag("b", warning))


def budget(evidence: Evidence) -> str:
    """The alarm budget as it was asked for, and which share of the rows it is."""
    problem = evidence.study.problem
    share = wording.percent(problem.share)
    if any(letter.isalpha() for letter in problem.alerts):
        return phrase("{alerts}, or {share} of the rows", alerts=problem.alerts, share=share)
    return phrase("{share} of the rows", share=share)


def _kinds(evidence: Evidence, said: Scores, answers: Answers) -> Markup:
    """Each kind of anomaly by itself, against the usual rows."""
    usual = answers.truth == 0
    names = (*evidence.study.problem.conditions, phrase("something else"))
    rows: list[list[Child]] = []
    for kind in np.unique(answers.truth[~usual]).tolist():
        mine = answers.truth == kind
        both = np.flatnonzero(mine | usual)
        area = ROC_AUC.score((answers.truth[both] == kind).astype(np.int64), said.take(both), None)
        caught = int((mine & said.flagged).sum())
        rows.append(
            [parts.name(names[kind]), f"{int(mine.sum()):,}", f"{caught:,}", wording.percent(caught / int(mine.sum())),
             wording.percent(area)]
        )  # fmt: skip
    head = [phrase("kind of anomaly"), phrase("test rows"), phrase("flagged"), phrase("share"), "roc-auc"]
    caption = phrase("Each kind of anomaly by itself; roc-auc against the usual rows")
    return table(caption, head, rows, numbers=(1, 2, 3, 4))


def _scale(score: Floats, threshold: float, ends: tuple[float, float]) -> Scale:
    """By their logarithm where a few scores would press all others together."""
    values = [*score.tolist(), *([threshold] if np.isfinite(threshold) else [])]
    middle = float(np.median(score))
    log = bool(score.min() > 0 and middle > 0 and score.max() > FAR * middle)
    return around(values, *ends, log=log, room=0.02)


def _spread(evidence: Evidence, said: Scores, answers: Answers) -> Markup:
    strange = answers.truth > 0
    look = evidence.winner.family if evidence.winner else "other"
    caption = phrase(
        "How many test rows have which score; the dashed line is the threshold. Marks below are anomalies: right of "
        "the line they raise an alarm."
    )
    alt = phrase(
        "The median score of usual rows is {usual}, that of anomalies {strange}; the threshold is {threshold}.",
        usual=wording.number(float(np.median(said.score[~strange])) if (~strange).any() else None),
        strange=wording.number(float(np.median(said.score[strange])) if strange.any() else None),
        threshold=wording.number(said.threshold),
    )
    draw = partial(_draw_spread, said, strange, look)
    return figure(draw, title=phrase("Scores of the test rows"), alt=alt, caption=caption, sizes=SIZES)


def _draw_spread(said: Scores, strange: npt.NDArray[np.bool_], look: str, size: Size) -> Markup:
    scale = _scale(said.score, said.threshold, size.across)
    low, high = scale.low, scale.high
    edges = np.geomspace(low, high, BINS + 1) if scale.log else np.linspace(low, high, BINS + 1)
    counts, _ = np.histogram(said.score, bins=edges)
    x = Axis(scale, phrase("score"), wording.number)
    y = Axis(Scale(0, float(counts.max()) * 1.06, *size.upward), phrase("test rows"), wording.number)
    rows = np.flatnonzero(strange)[:MOST_POINTS]
    points = [
        marks.point(
            (scale(score), y.scale.start - 4),
            "other",
            phrase("anomaly, score {score}", score=wording.number(score)),
            radius=3.5,
        )
        for score in said.score[rows].tolist()
    ]
    return frame(
        size,
        x,
        y,
        join(
            histogram(x.scale, y.scale, counts, edges, look),
            points,
            _line(scale, said.threshold, size.upward, upright=True),
        ),
    )


def _line(scale: Scale, threshold: float, ends: tuple[float, float], *, upright: bool) -> Markup | None:
    if not np.isfinite(threshold):
        return None
    at = scale(threshold)
    return marks.line([(at, end) if upright else (end, at) for end in ends], "ideal")


def _over_time(evidence: Evidence, said: Scores, answers: Answers) -> Markup | None:
    """The scores in the order of time, where a column says when rows were."""
    problem = evidence.study.problem
    name = problem.time or next(iter(problem.inputs_of(Kind.TIME)), None)
    if name is None or name not in answers.test.names or not answers.test.frame[name].dtype.is_temporal():
        return None
    times = answers.test.frame[name].gather(answers.rows)
    there = np.flatnonzero(times.is_not_null().to_numpy())
    if len(there) < 2:
        return None
    strange = answers.truth > 0
    if len(there) > MOST_POINTS:  # all that matter, and some of the others
        chance = np.random.default_rng(0).permutation(len(said))
        there = np.array(sorted(there, key=lambda row: (not (strange[row] or said.flagged[row]), chance[row])))
        there = np.sort(there[:MOST_POINTS])
    stamps = times.cast(pl.Int64).to_numpy()[there].astype(np.float64)
    draw = partial(
        _draw_times, stamps, said.take(there), strange[there], evidence.winner.family if evidence.winner else ""
    )
    caption = phrase(
        "Each mark is a test row, larger grey ones are anomalies; above the dashed line rows are flagged. "
        "{shown:,} of {rows:,} test rows are shown.",
        shown=len(there),
        rows=len(said),
    )
    alt = phrase("{flagged:,} rows are flagged", flagged=int(said.flagged.sum()))
    return figure(
        draw, title=phrase("Scores over {time}", time=wording.short(name, 30)), alt=alt, caption=caption, sizes=SIZES
    )


def _draw_times(stamps: Floats, said: Scores, strange: npt.NDArray[np.bool_], look: str, size: Size) -> Markup:
    x = Axis(around(stamps.tolist(), *size.across, room=0.02), phrase("time"), _day)
    y = Axis(_scale(said.score, said.threshold, size.upward), phrase("score"), wording.number)
    points = [
        marks.point(
            (x.scale(at), y.scale(score)),
            "other" if odd else f"faint {look}",
            f"{_day(at)}\n{wording.number(score)}",
            radius=4.5 if odd else 3.0,
        )
        for at, score, odd in zip(stamps.tolist(), said.score.tolist(), strange.tolist(), strict=True)
    ]
    return frame(size, x, y, join(points, _line(y.scale, said.threshold, size.across, upright=False)))


def _day(stamp: float) -> str:
    return str(np.datetime64(round(stamp), "us").astype("datetime64[D]"))


def examples(evidence: Evidence, said: Scores, answers: Answers) -> Markup:
    """The strangest test rows with their reasons, whether they are anomalies or not."""
    order = np.argsort(-said.score, kind="stable")[:MOST_ROWS].tolist()
    names = (*evidence.study.problem.conditions, phrase("something else"))
    rows: list[list[Child]] = [
        [
            f"{int(answers.rows[at]) + 1:,}",
            wording.number(float(said.score[at])),
            phrase("yes") if said.flagged[at] else phrase("no"),
            parts.name(names[answers.truth[at]], 30),
            _why(said, answers, at),
        ]
        for at in order
    ]
    head = [phrase("test row"), phrase("score"), phrase("flagged"), phrase("kind of anomaly"), phrase("because of")]
    caption = phrase("The {shown} strangest of {rows:,} test rows, each with the columns that made it so",
                     shown=len(order), rows=len(said))  # fmt: skip
    return join(planted(evidence), table(caption, head, rows, numbers=(1,)))


def _why(said: Scores, answers: Answers, at: int) -> Markup:
    """The columns that made a row strange, with their values and parts."""
    row = int(answers.rows[at])
    shown: list[Child] = []
    for name, part in said.reasons(at):
        cell = answers.test.frame[name][row]
        told = tag("small", f" {wording.short(wording.value(cell), 30)} ({wording.percent(part)})")
        shown.append(tag("span", parts.name(name, 30), told, tag("br")))
    return tag("div", shown or wording.NOTHING)


def sureness(evidence: Evidence, said: Scores, answers: Answers) -> Markup:
    """Whether as many rows are flagged as the budget allows."""
    usual = answers.truth == 0
    flagged, rows = int((usual & said.flagged).sum()), int(usual.sum())
    chosen = int(evidence.calibration.get("rows", 0))
    low, high = wilson(flagged / rows, rows) if rows else (0.0, 1.0)
    told = phrase(
        "The threshold lets {share} of rows like those of training pass it; {chosen:,} validation rows chose it, by "
        "their scores alone. Of {rows:,} usual test rows {flagged:,} were flagged: {found} (95 % interval {low} to "
        "{high}).",
        share=wording.percent(said.share),
        chosen=chosen,
        rows=rows,
        flagged=flagged,
        found=wording.percent(flagged / rows if rows else None),
        low=wording.percent(low),
        high=wording.percent(high),
    )
    few = None
    if chosen and said.share * (chosen + 1) < 1:
        few = phrase(
            "So few validation rows ({chosen:,}) cannot place a threshold for so small a budget: the highest of their "
            "scores is taken, which about one row in {chosen:,} exceeds.",
            chosen=chosen,
        )
    return join(tag("p", told), tag("p", few) if few else None)
