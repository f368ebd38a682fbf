"""Start-up times: the interpreter alone, `import fathom`, and the help of every command; medians of fresh processes.

    python benchmarks/startup.py [--runs 15]

The processes take turns, so that a busy moment of the machine falls on all of them.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from common import heading, print_table
from fathom.cli.app import VERBS

HELP_GOAL_MS = 150
IMPORT_GOAL_MS = 50


def commands():
    """Name, command and goal (milliseconds; None: no goal of ours) of each thing that is measured."""
    fathom = shutil.which("fathom", path=str(Path(sys.executable).parent)) or shutil.which("fathom")
    python = sys.executable
    yield "python -c pass", [python, "-c", "pass"], None
    yield "python -c 'import fathom'", [python, "-c", "import fathom"], None
    yield "python -c 'import typer'", [python, "-c", "import typer"], None
    yield "fathom --help", [fathom, "--help"], HELP_GOAL_MS
    for verb in VERBS:
        yield f"fathom {verb} --help", [fathom, verb, "--help"], HELP_GOAL_MS


def milliseconds(command):
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    return 1000 * (time.perf_counter() - start)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    measured = list(commands())
    times = {name: [] for name, _, _ in measured}
    for _ in range(runs + 1):  # the first run fills the disk's cache and is not counted
        for name, command, _ in measured:
            times[name].append(milliseconds(command))
    heading(f"Start-up: whole processes, {runs} runs in turns")
    rows = []
    for name, _, goal in measured:
        counted = times[name][1:]
        median = statistics.median(counted)
        verdict = "" if goal is None else f"{goal} {'met' if median < goal else 'MISSED'}"
        rows.append([name, round(median), round(min(counted)), verdict])
    print_table(["command", "median ms", "fastest ms", "goal ms"], rows)
    alone, imported = (statistics.median(times[name][1:]) for name in ("python -c pass", "python -c 'import fathom'"))
    verdict = "met" if imported - alone < IMPORT_GOAL_MS else "MISSED"
    print(f"\nimport fathom itself: {imported - alone:.1f} ms, goal {IMPORT_GOAL_MS} ms {verdict}")


if __name__ == "__main__":
    main()
