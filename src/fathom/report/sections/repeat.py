"""How to repeat the study: the command, and everything its outcome depends on."""

from __future__ import annotations

import shlex
from typing import Any

from fathom.report import parts, wording
from fathom.report.evidence import Evidence
from fathom.report.html import Child, Markup, join, tag
from fathom.report.tables import folded, listing, table

TOLD = frozenset({"name", "predict", "task", "seed", "key", "fingerprint"})  # said above, or of no use to a person
EMPTY: tuple[Any, ...] = (None, "", [], {})


def body(evidence: Evidence) -> Markup:
    """The command, the circumstances, and every contender's parameters."""
    study = evidence.study
    command = shlex.join(map(str, study.command)) if study.command else ""
    return join(
        tag("pre", tag("code", command), tabindex=0, class_="command") if command else None,
        None if command else parts.absent("The study was started from Python; its settings are below."),
        listing(_facts(evidence)),
        tag(
            "p",
            "Times depend on the machine and on what else it does; scores repeat with the same seed, data, versions "
            "and enough time for every contender to finish.",
        ),
        _parameters(evidence),
    )


def _facts(evidence: Evidence) -> list[tuple[str, Child]]:
    study = evidence.study
    facts: list[tuple[str, Child]] = [
        ("study", parts.name(study.name)),
        ("status", study.status),
        ("task", study.task),
        ("column to predict", parts.name(study.problem.target)),
        ("rows", f"{study.rows:,} ({study.train_rows:,} train, {study.valid_rows:,} valid, {study.test_rows:,} test)"),
        ("seed", str(study.seed)),
        ("made", study.created or wording.NOTHING),
    ]
    if study.model:
        facts.append(("stored model", f"{study.model['name']}@{study.model['version']}"))
    if evidence.card.get("fingerprint"):
        facts.append(("data fingerprint", tag("code", evidence.card["fingerprint"])))
    facts += [_fact(key, each) for key, each in study.hardware.items()]
    facts += [_fact(key, each) for key, each in study.settings.items() if key not in TOLD and each not in EMPTY]
    if evidence.card.get("libraries"):
        facts.append(("versions", wording.plain(evidence.card["libraries"])))
    return facts


def _fact(key: Any, fact: Any) -> tuple[str, Child]:
    """A setting by its name; sizes in the unit that fits."""
    words = str(key).replace("_", " ")
    if words.endswith(" mb") and isinstance(fact, int | float):
        return words.removesuffix(" mb"), wording.megabytes(fact)
    return words, wording.plain(fact)


def _parameters(evidence: Evidence) -> Markup | None:
    rows: list[list[Child]] = [
        [parts.name(trial.learner), wording.short(wording.plain(trial.parameters), 1_000)]
        for trial in evidence.study.trials
    ]
    if not rows:
        return None
    return folded("Parameters of the contenders", table("Parameters", ["contender", "parameters"], rows))
