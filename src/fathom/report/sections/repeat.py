"""How to repeat the study: the command, and everything its outcome depends on."""

from __future__ import annotations

import shlex
from typing import Any

from fathom.messages import phrase, words
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
        None if command else parts.absent(phrase("The study was started from Python; its settings are below.")),
        listing(_facts(evidence)),
        tag(
            "p",
            phrase(
                "Times depend on the machine and on what else it does; scores repeat with the same seed, data, "
                "versions and enough time for every contender to finish."
            ),
        ),
        _parameters(evidence),
    )


def _facts(evidence: Evidence) -> list[tuple[str, Child]]:
    study = evidence.study
    rows = phrase(
        "{rows:,} ({train:,} train, {valid:,} valid, {test:,} test)",
        rows=study.rows,
        train=study.train_rows,
        valid=study.valid_rows,
        test=study.test_rows,
    )
    facts: list[tuple[str, Child]] = [
        (phrase("study"), parts.name(study.name)),
        (phrase("status"), words.status(study.status)),
        (phrase("task"), study.task),
        (phrase("column to predict"), parts.name(study.problem.target)),
        (phrase("rows"), rows),
        (phrase("seed"), str(study.seed)),
        (phrase("made"), study.created or wording.NOTHING),
    ]
    if study.model:
        facts.append((phrase("stored model"), f"{study.model['name']}@{study.model['version']}"))
    if evidence.card.get("fingerprint"):
        facts.append((phrase("data fingerprint"), tag("code", evidence.card["fingerprint"])))
    facts += [_fact(key, each) for key, each in study.hardware.items()]
    told = TOLD if study.problem.persons else TOLD | {"far"}  # it has a default, and is a share of strangers
    facts += [_fact(key, each) for key, each in study.settings.items() if key not in told and each not in EMPTY]
    if evidence.card.get("libraries"):
        facts.append((phrase("versions"), wording.plain(evidence.card["libraries"])))
    return facts


def _fact(key: Any, fact: Any) -> tuple[str, Child]:
    """A setting by its name; sizes in the unit that fits."""
    name = str(key).removesuffix("_mb")
    if name != key and isinstance(fact, int | float):
        return words.setting(name), wording.megabytes(fact)
    return words.setting(str(key)), wording.plain(fact)


def _parameters(evidence: Evidence) -> Markup | None:
    rows: list[list[Child]] = [
        [parts.name(trial.learner), wording.short(wording.plain(trial.parameters), 1_000)]
        for trial in evidence.study.trials
    ]
    if not rows:
        return None
    head: list[Child] = [phrase("contender"), phrase("parameters")]
    return folded(phrase("Parameters of the contenders"), table(phrase("Parameters"), head, rows))
