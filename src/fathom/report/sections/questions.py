"""The six questions that tell the two families apart, answered from this study's own measurements."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fathom.messages import phrase, plural, words
from fathom.report import parts, wording
from fathom.report.evidence import Evidence
from fathom.report.growth import FAMILIES
from fathom.report.html import Child, Markup, join, tag
from fathom.report.sections import learned
from fathom.report.sections.outlook import rows
from fathom.report.tables import table

if TYPE_CHECKING:
    from fathom.protocol.study import Trial

MOST_FEATURES = 6
MOST_COLUMNS = 3  # that a network is said to lean on
ENOUGH_CALLS = 100  # to speak of one time in a hundred

Answer = Callable[[Evidence, "Trial"], list[Child]]


def body(evidence: Evidence) -> Markup:
    """The two families side by side, each spoken for by its best contender; then what the network learned."""
    best = {family: evidence.best(family) for family in FAMILIES}
    head: list[Child] = [phrase("question"), *[_heading(family, best[family]) for family in FAMILIES]]
    cells: list[list[Child]] = [
        [question, *[_cell(evidence, family, best[family], answer) for family in FAMILIES]]
        for question, answer in _questions()
    ]
    caption = phrase("The contender that the verdict names, beside the best of the other family")
    return join(table(caption, head, cells, look="questions"), learned.body(evidence))


def _questions() -> list[tuple[str, Answer]]:
    return [
        (phrase("How many data points does it need?"), _data_points),
        (phrase("What hardware?"), _hardware),
        (phrase("Who makes the features?"), _featurization),
        (phrase("How does it learn?"), _learning),
        (phrase("How long does it run?"), _execution),
        (phrase("What does it put out?"), _output),
    ]


def _heading(family: str, trial: Trial | None) -> Markup:
    return join(parts.family(family), " ", parts.name(trial.learner) if trial else None)


def _cell(evidence: Evidence, family: str, trial: Trial | None, answer: Answer) -> Child:
    if trial is not None:
        return [tag("p", each) for each in answer(evidence, trial) if each is not None]
    tried = [each for each in evidence.study.trials if each.family == family]
    if not tried:
        return phrase("not tried in this study")
    return phrase("not measured: {learner} {status}", learner=tried[0].learner, status=words.status(tried[0].status))


def _data_points(evidence: Evidence, trial: Trial) -> list[Child]:
    count = wording.count(evidence.study.train_rows)
    said = phrase("{count} training rows gave {measure} ", count=count, measure=evidence.measure.name)
    return [[said, parts.score(evidence.measure, trial)], _enough(evidence, trial)]


def _enough(evidence: Evidence, trial: Trial) -> Child:
    """Where it has made 95 % of its way from the smallest size measured to its ceiling."""
    curve = evidence.growth.curve(trial.learner) if evidence.growth else None
    if curve is None:
        return phrase("how many it needs was not measured: there is no curve over fewer rows")
    if curve.shape in ("falling", "peaking"):
        return phrase("how many it needs cannot be told: with more rows it does not always get better")
    if curve.ceiling is None:
        return phrase("how many it needs cannot be told: its ceiling is not in sight")
    ceiling = wording.score(evidence.measure, curve.ceiling)
    if curve.enough_rows is None:
        most = rows(curve.rows[-1])
        return phrase(
            "not even {rows} make 95 % of its way to the ceiling, about {ceiling}", rows=most, ceiling=ceiling
        )
    if curve.enough_rows <= min(curve.rows) * 1.001:
        fewest = rows(curve.enough_rows)
        return phrase("{rows}, the fewest that were tried, are enough for its ceiling, about {ceiling}",
                      rows=fewest, ceiling=ceiling)  # fmt: skip
    enough = rows(curve.enough_rows)
    return phrase("about {rows} make 95 % of its way to the ceiling, about {ceiling}", rows=enough, ceiling=ceiling)


def _hardware(evidence: Evidence, trial: Trial) -> list[Child]:
    said: list[Child] = [_ran(evidence, trial)]
    for device, cost in trial.cost_on.items():
        if wording.known(cost.get("fit_seconds")):
            said.append(
                phrase(
                    "on {device}: {seconds}, extrapolated from a short training there",
                    device=_device(device),
                    seconds=wording.seconds(cost["fit_seconds"]),
                )
            )
    if trial.family == "deep" and _on(evidence, trial).startswith("cpu"):
        said.append(phrase("no GPU was used, so what one would bring was not measured"))
    return [*said, phrase("peak memory {memory}", memory=wording.megabytes(trial.peak_mb))]


def _ran(evidence: Evidence, trial: Trial) -> Child:
    """Where it was trained, and how long that took."""
    hardware = evidence.study.hardware
    device = _on(evidence, trial)
    seconds = wording.seconds(trial.fit_seconds)
    if device and not device.startswith("cpu"):
        return phrase("{seconds} on {device}", seconds=seconds, device=trial.hardware.get("name", _device(device)))
    name = hardware.get("processor") or phrase("the processor")
    threads = trial.hardware.get("threads") or hardware.get("cores")
    if not threads:
        return phrase("{seconds} on {device}", seconds=seconds, device=name)
    return plural(
        int(threads),
        "{seconds} on {device}, {count} thread",
        "{seconds} on {device}, {count} threads",
        seconds=seconds,
        device=name,
    )


def _on(evidence: Evidence, trial: Trial) -> str:
    return str(trial.hardware.get("device") or evidence.study.hardware.get(f"{trial.family}_device", ""))


def _device(device: str) -> str:
    return phrase("the processor") if device.startswith("cpu") else device


def _featurization(evidence: Evidence, trial: Trial) -> list[Child]:
    features = trial.features
    if features is None:
        inputs = [column.name for column in evidence.study.problem.inputs]
        return [[phrase("told none: it found its own from "), parts.names(inputs, MOST_FEATURES)],
                _leans(evidence, trial)]  # fmt: skip
    if not features:
        return [phrase("told none, and found none")]
    columns = {column.name for column in evidence.study.problem.inputs}
    count, kept = trial.told or len(features), sum(name in columns for name in features)
    told = plural(count, "told {count:,} feature: ", "told {count:,} features: ")
    return [[told, parts.names(features, MOST_FEATURES)], _made(count - kept, kept)]


def _made(made: int, kept: int) -> str:
    """Who made the features: fixed recipes, or whoever made the columns."""
    if not kept:
        return phrase("all were made by fixed recipes, before it learned")
    if not made:
        return phrase("all are columns as they stand")
    return phrase(
        "{made:,} were made by fixed recipes, before it learned; the others ({kept:,}) are columns as they stand",
        made=made,
        kept=kept,
    )


def _leans(evidence: Evidence, trial: Trial) -> Child:
    """What a network made of its inputs: the columns that it leans on, or its first filters."""
    if learned.filters(evidence) and (evidence.insight or {})["learner"] == trial.learner:
        return phrase("its first filters are drawn below")
    columns = [each for each in evidence.columns_of(trial) if each["low"] is not None and each["low"] > 0]
    if not columns:
        return None
    said = phrase("leans most on ")
    return [said, parts.names([each["column"] for each in columns[:MOST_COLUMNS]], MOST_COLUMNS)]


def _learning(evidence: Evidence, trial: Trial) -> list[Child]:
    if not trial.steps:
        return [phrase("its steps were not measured")]
    steps = ", ".join(f"{words.step(name)} {wording.seconds(seconds)}" for name, seconds in trial.steps)
    if trial.family == "deep":
        return [phrase("end to end: features and answer are learned in one run"), steps]
    return [phrase("in steps: features first, then an estimator upon them"), steps]


def _execution(evidence: Evidence, trial: Trial) -> list[Child]:
    family = [
        each.fit_seconds for each in evidence.done if each.family == trial.family and each.fit_seconds is not None
    ]
    said: list[Child] = [phrase("trained in {seconds}", seconds=wording.seconds(trial.fit_seconds)), *_answering(trial)]
    curve = evidence.growth.curve(trial.learner) if evidence.growth else None
    if curve is not None and curve.growth is not None:
        said.append(phrase("twice the rows take {times} times as long to train", times=f"{2**curve.growth:.1f}"))
    if len(family) > 1:
        total = wording.seconds(sum(family))
        said.append(phrase("all {count} of the family trained in {seconds}", count=len(family), seconds=total))
    return said


def _answering(trial: Trial) -> list[Child]:
    """How long an answer takes: alone and in a batch, where both were measured."""
    alone, batch = (trial.latency_ms.get(how, {}) for how in ("row", "batch"))
    if not (wording.known(alone.get("p50")) and wording.known(batch.get("p50"))):
        return [phrase("predicts a row in {time}", time=wording.milliseconds(trial.predict_ms_per_row))]
    usual, slow = wording.milliseconds(alone["p50"]), wording.milliseconds(alone.get("p99"))
    asked = phrase("asked alone, in {usual}", usual=usual)
    if alone.get("calls", 0) >= ENOUGH_CALLS:
        asked = phrase("asked alone, in {usual}, and one time in a hundred in {slow} or more", usual=usual, slow=slow)
    return [phrase("predicts a row in {time} in a batch", time=wording.milliseconds(batch["p50"])), asked]


def _output(evidence: Evidence, trial: Trial) -> list[Child]:
    measures, classes = trial.measures, evidence.study.problem.classes
    if classes:
        gap = wording.percent(measures.get("calibration-error"))
        return [
            phrase("one of {count:,} labels with a probability for each", count=len(classes)),
            phrase("calibration error {gap}", gap=gap),
        ]
    if labels := evidence.study.problem.labels:
        return [phrase("stretches of a text with one of {count:,} labels and a probability each", count=len(labels))]
    if persons := evidence.study.problem.persons:
        return [phrase("one of {count:,} persons, or nobody known, with a similarity to each", count=len(persons))]
    if evidence.study.problem.conditions:
        return [
            phrase("a score of how strange a row is, an alarm from a threshold on, and the columns that made it so")
        ]
    if boxes := evidence.study.problem.boxes:
        return [phrase("boxes in a picture with one of {count:,} labels and a probability each", count=len(boxes))]
    if sets := evidence.study.problem.sets:
        return [phrase("none, one or several of {count:,} labels, with a probability for each", count=len(sets))]
    if horizon := evidence.study.problem.horizon:
        return [phrase("{ahead:,} steps ahead, each with its quantiles", ahead=horizon.ahead)]
    coverage = measures.get("interval-coverage")
    if not wording.known(coverage):
        return [phrase("a number")]
    return [phrase("a number with an interval that holds {share} of the true ones", share=wording.percent(coverage))]
