"""What starting from a trained network brought, a step at a time, beside what networks from scratch reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fathom import catalog
from fathom.messages import again, phrase
from fathom.report import wording
from fathom.report.evidence import Evidence
from fathom.report.html import Child, Markup, join, tag
from fathom.report.tables import table

if TYPE_CHECKING:
    from fathom.protocol.study import Trial

NOTES = "transfer"
STEPS = {
    "head": phrase("the head on features that stay"),
    "last": phrase("the last layers too"),
    "lora": phrase("low-rank matrices beside the attention"),
    "all": phrase("all layers"),
}
NUMERIC = (1, 2, 3, 4, 5)


def body(evidence: Evidence) -> Markup | None:
    """The steps of each contender that started from a trained network of which steps were told; None without one."""
    boxes = bool(evidence.study.problem.boxes)
    told = [trial for trial in evidence.done if trial.notes.get(NOTES)]
    rows = evidence.study.train_rows
    return join(*(_table(each, boxes) for each in told), *_few(told, rows), _beside(evidence)) if told else None


def _few(trials: list[Trial], rows: int) -> list[Markup]:
    """What is said of a head that learned from some of the rows, for there was no time to look at all of them."""
    heads = [(trial.learner, trial.notes[NOTES][0].get("rows", 0)) for trial in trials]
    return [
        tag(
            "p",
            phrase(
                "The head of {learner} learned from {some:,} of the {rows:,} training rows: there was no time for its "
                "trained network to look at more.",
                learner=learner,
                some=some,
                rows=rows,
            ),
        )
        for learner, some in heads
        if 0 < some < rows
    ]


def _table(trial: Trial, boxes: bool) -> Markup:
    """A row for each step; detectors are watched by how precisely they find, others by the log-loss."""
    watched = [phrase("validation rows right"), phrase("validation log-loss")]
    head = [
        phrase("step"),
        *([phrase("precision on validation pictures")] if boxes else watched),
        phrase("seconds"),
        phrase("layers that learned"),
        phrase("used again as they were"),
        phrase("kept"),
    ]
    caption = [
        phrase("What each step brought to {learner}, which started from a trained network", learner=trial.learner),
        ". ",
        phrase(
            "A step is kept only if more is found in the validation pictures, and more precisely; no test row decides."
        )
        if boxes
        else phrase("A step is kept only if it lowers the log-loss of the validation rows; no test row decides."),
    ]
    steps = trial.notes[NOTES]
    rows = [_row(each, boxes, steps[at + 1 :]) for at, each in enumerate(steps)]
    return table(caption, head, rows, numbers=NUMERIC[: len(head) - 2])


def _untaken(step: dict[str, Any], later: list[dict[str, Any]]) -> str:
    """Why a step brought nothing: it failed, a dearer one after it had the time, or there was none."""
    if step["seconds"]:
        return phrase("it failed")
    if any(each["seconds"] for each in later):
        return phrase("left out: the time was kept for the step after it")
    return phrase("no time for it")


def _row(step: dict[str, Any], boxes: bool, later: list[dict[str, Any]]) -> list[Child]:
    taken = step["loss"] is not None
    untaken = _untaken(step, later)
    kept = phrase("yes") if step["kept"] else phrase("no") if taken else untaken
    loss = wording.number(step["loss"]) if taken else wording.NOTHING
    name = str(step["name"])
    layers, learned = step["layers"], step["learned"]
    right = wording.percent(step["right"]) if step["right"] is not None else wording.NOTHING
    precision = wording.percent(1 - step["loss"]) if taken else wording.NOTHING
    return [
        again(STEPS[name]) if name in STEPS else name,
        *([precision] if boxes else [right, loss]),
        wording.seconds(step["seconds"]) if taken else wording.NOTHING,
        str(learned) if taken else wording.NOTHING,
        str(layers - learned) if taken else wording.NOTHING,
        kept,
    ]


def _beside(evidence: Evidence) -> Markup | None:
    """How the best network that learned the same rows from nothing compares on the test rows."""
    started = next(trial for trial in evidence.done if trial.notes.get(NOTES))
    scratch = next((trial for trial in evidence.done if trial.family == "deep" and _from_nothing(trial)), None)
    if scratch is None:
        return tag("p", phrase("No network learned the same rows from scratch in this study, so nothing is beside it."))
    measure = evidence.measure
    return tag(
        "p",
        phrase(
            "On the test rows {learner} reached {score} after {seconds} of learning; the best network from scratch, "
            "{other}, reached {reached} on the same rows after {needed}.",
            learner=started.learner,
            score=wording.score(measure, started.score),
            seconds=wording.seconds(started.fit_seconds),
            other=scratch.learner,
            reached=wording.score(measure, scratch.score),
            needed=wording.seconds(scratch.fit_seconds),
        ),
    )


def _from_nothing(trial: Trial) -> bool:
    rows = {row.name: row for row in catalog.LEARNERS}
    return trial.learner in rows and "backbone" not in rows[trial.learner].takes
