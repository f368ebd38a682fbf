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
    packages = sorted({entry.dist.name if entry.dist else "an unknown package" for entry in entries})
    remedy = f"This is for {' and '.join(packages)} to mend, or to be uninstalled."
    if len(entries) > 1:
        raise FathomError(f"{len(entries)} learners are published as '{name}'.", where=GROUP, remedy=remedy)
    try:
        row = entries[0].load()
    except Exception as error:  # whatever their module does
        reason = f"{type(error).__name__}: {error}"
        raise FathomError(f"The learner '{name}' cannot be loaded: {reason}", where=GROUP, remedy=remedy) from error
    if wrong := _wrong(row, name):
        raise FathomError(f"The learner '{name}' cannot be used: {wrong}", where=GROUP, remedy=remedy)
    return row if isinstance(row, LearnerRow) else None


def _wrong(row: object, name: str) -> str:
    """What is wrong with what was published; empty where nothing is."""
    if not isinstance(row, LearnerRow):
        return f"its entry point gives a {type(row).__name__}, and not a fathom.catalog.LearnerRow."
    if row.name != name:
        return f"its row calls it '{row.name}'."
    if row.family not in ("classical", "deep"):
        return f"there is no family '{row.family}'."
    if row.extra and row.extra not in EXTRAS:
        return f"fathom has no extra '{row.extra}'; its own needs belong into its own package."
    return ""
