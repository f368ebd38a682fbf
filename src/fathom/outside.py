"""Learners that other packages publish: found by the entry point group `fathom.learners`, when one is named.

A package publishes a learner with a row like those of the catalog, in a module that imports nothing heavy:

    # kernel_machines/rows.py
    from fathom.catalog import LearnerRow

    KERNEL_MACHINE = LearnerRow(
        "kernel-machine", "kernel_machines.machine:KernelMachine", "classical",
        "a smooth border from a kernel", ("table",), ("label", "number"), "a few thousand rows, smooth borders",
    )

    # pyproject.toml
    [project.entry-points."fathom.learners"]
    kernel-machine = "kernel_machines.rows:KERNEL_MACHINE"

The class that the row names follows `fathom.learner.Learner`. Its name then works like any other, wherever a learner
is named; it is never tried unasked.
"""

from __future__ import annotations

from importlib import metadata

from fathom.catalog import EXTRAS, LearnerRow
from fathom.errors import FathomError
from fathom.messages import listed, phrase

GROUP = "fathom.learners"


def learner(name: str) -> LearnerRow | None:
    """The row that an installed package publishes under this name; None where none does.

    A FathomError, which says whose fault it is, where what it publishes cannot be used.

    >>> learner("perpetual-motion") is None
    True
    """
    entries = [*metadata.entry_points(group=GROUP, name=name)]
    if not entries:
        return None
    packages = sorted({entry.dist.name if entry.dist else phrase("an unknown package") for entry in entries})
    remedy = phrase("This is for {names} to mend, or to be uninstalled.", names=listed(packages))
    if len(entries) > 1:
        raise FathomError(
            phrase("{count} learners are published as '{name}'.", count=len(entries), name=name),
            where=GROUP,
            remedy=remedy,
        )
    try:
        row = entries[0].load()
    except Exception as error:  # whatever their module does
        reason = f"{type(error).__name__}: {error}"
        raise FathomError(
            phrase("The learner '{name}' cannot be loaded: {reason}", name=name, reason=reason),
            where=GROUP,
            remedy=remedy,
        ) from error
    if wrong := _wrong(row, name):
        raise FathomError(
            phrase("The learner '{name}' cannot be used: {wrong}", name=name, wrong=wrong), where=GROUP, remedy=remedy
        )
    return row if isinstance(row, LearnerRow) else None


def _wrong(row: object, name: str) -> str:
    """What is wrong with what was published; empty where nothing is."""
    if not isinstance(row, LearnerRow):
        kind = type(row).__name__
        return phrase("its entry point gives a {kind}, and not a fathom.catalog.LearnerRow.", kind=kind)
    if row.name != name:
        return phrase("its row calls it '{name}'.", name=row.name)
    if row.family not in ("classical", "deep"):
        return phrase("there is no family '{family}'.", family=row.family)
    if row.extra and row.extra not in EXTRAS:
        return phrase("fathom has no extra '{extra}'; its own needs belong into its own package.", extra=row.extra)
    return ""
