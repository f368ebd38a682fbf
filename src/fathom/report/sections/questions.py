"""The six questions that tell the two families apart, answered from this study's own measurements."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fathom.report import parts, wording
from fathom.report.evidence import Evidence
from fathom.report.html import Child, Markup, join, tag
from fathom.report.tables import table

if TYPE_CHECKING:
    from fathom.protocol.study import Trial

FAMILIES = ("classical", "deep")
MOST_FEATURES = 6

Answer = Callable[[Evidence, "Trial"], Child]


def body(evidence: Evidence) -> Markup:
    """The two families side by side, each spoken for by its best contender."""
    best = {family: evidence.best(family) for family in FAMILIES}
    head: list[Child] = ["question", *[_heading(family, best[family]) for family in FAMILIES]]
    rows: list[list[Child]] = [
        [question, *[_cell(evidence, family, best[family], answer) for family in FAMILIES]]
        for question, answer in QUESTIONS
    ]
    note = tag(
        "p",
        "Measured at one training size. How many rows each family needs, and where the two would cross, takes learning "
        "curves over growing subsets, which this study did not measure.",
        class_="about",
    )
    return join(
        table(
            "The contender that the verdict names, beside the best of the other family", head, rows, look="questions"
        ),
        note,
    )


def _heading(family: str, trial: Trial | None) -> Markup:
    return join(parts.family(family), " ", parts.name(trial.learner) if trial else None)


def _cell(evidence: Evidence, family: str, trial: Trial | None, answer: Answer) -> Child:
    if trial is not None:
        return answer(evidence, trial)
    tried = [each for each in evidence.study.trials if each.family == family]
    if not tried:
        return "not tried in this study"
    return f"not measured: {tried[0].learner} {tried[0].status}"


def _data_points(evidence: Evidence, trial: Trial) -> Child:
    study = evidence.study
    said = f"{wording.count(study.train_rows, 'training row')} gave {evidence.measure.name} "
    return [said, parts.score(evidence.measure, trial)]


def _hardware(evidence: Evidence, trial: Trial) -> Child:
    hardware = evidence.study.hardware
    device = hardware.get(f"{trial.family}_device", "")
    processor = f"{hardware['processor']}, {hardware.get('cores')} cores" if hardware.get("processor") else ""
    ran = {"": "", "cpu": "on the processor alone"}.get(device, f"on {device}")
    return "; ".join([*filter(None, [ran, processor]), f"peak memory {wording.megabytes(trial.peak_mb)}"])


def _featurization(evidence: Evidence, trial: Trial) -> Child:
    features = trial.features
    if features is None:
        inputs = evidence.study.problem.inputs
        return ["told none: it found its own from ", parts.names([column.name for column in inputs], MOST_FEATURES)]
    if not features:
        return "told none, and found none"
    return [
        f"told {wording.count(len(features), 'feature')} that were made for it: ",
        parts.names(features, MOST_FEATURES),
    ]


def _learning(evidence: Evidence, trial: Trial) -> Child:
    if not trial.steps:
        return "its steps were not measured"
    steps = ", ".join(f"{name} {wording.seconds(seconds)}" for name, seconds in trial.steps)
    how = "end to end" if trial.family == "deep" else "in steps"
    return f"{how}: {steps}"


def _execution(evidence: Evidence, trial: Trial) -> Child:
    family = [
        each.fit_seconds for each in evidence.done if each.family == trial.family and each.fit_seconds is not None
    ]
    said = f"trained in {wording.seconds(trial.fit_seconds)}"
    said += f", predicts a row in {wording.milliseconds(trial.predict_ms_per_row)}"
    if len(family) > 1:
        said += f"; all {len(family)} of the family trained in {wording.seconds(sum(family))}"
    return said


def _output(evidence: Evidence, trial: Trial) -> Child:
    measures, classes = trial.measures, evidence.study.problem.classes
    if classes:
        gap = wording.percent(measures.get("calibration-error"))
        return f"one of {wording.count(len(classes), 'label')} with a probability for each; calibration error {gap}"
    coverage = measures.get("interval-coverage")
    if not wording.known(coverage):
        return "a number"
    return f"a number with an interval that holds {wording.percent(coverage)} of the true ones"


QUESTIONS: tuple[tuple[str, Answer], ...] = (
    ("How many data points does it need?", _data_points),
    ("What hardware?", _hardware),
    ("Who makes the features?", _featurization),
    ("How does it learn?", _learning),
    ("How long does it run?", _execution),
    ("What does it put out?", _output),
)
