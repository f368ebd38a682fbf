"""What every benchmark shares: where the data is, what the machine is, how a table is printed."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path


def data_folder(name: str) -> Path:
    """The data set's folder below $FATHOM_DATA; ends the script with advice where there is none."""
    root = os.environ.get("FATHOM_DATA")
    if not root or not (Path(root) / name).is_dir():
        sys.exit(f"This benchmark reads '{name}': set FATHOM_DATA to the folder that holds it.")
    return Path(root) / name


def heading(title: str) -> None:
    """Print what is measured, when and on what."""
    print(f"\n## {title}\n\n{datetime.now(UTC):%Y-%m-%d}, {machine()}\n", flush=True)


def machine() -> str:
    """Processor, cores and Python, in one line."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{cores} cores of {model}, {platform.system()}, Python {platform.python_version()}"


def print_table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows as a Markdown table, numbers with three significant decimals at most."""
    cells = [[_cell(value) for value in row] for row in [head, *rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    cells.insert(1, ["-" * width for width in widths])
    for row in cells:
        print("| " + " | ".join(value.ljust(width) for value, width in zip(row, widths, strict=True)) + " |")
    sys.stdout.flush()


def _cell(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
