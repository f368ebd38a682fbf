"""On what a study ran."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

import psutil

MB = 2**20
SPARE = 0.9  # share of the free memory that a trial may take


def describe() -> dict[str, Any]:
    """The machine: processor, cores, threads a trial may use, memory in MB, operating system."""
    return {
        "processor": _processor(),
        "cores": threads(),
        "memory_mb": round(psutil.virtual_memory().total / MB),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def threads() -> int:
    """How many threads a trial may use: the cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory_limit_mb() -> float:
    """The memory that a trial may take, in MB: most of what is free now, in the container if there is one."""
    free = float(psutil.virtual_memory().available)
    group = Path("/sys/fs/cgroup")
    try:
        room = int((group / "memory.max").read_text()) - int((group / "memory.current").read_text())
    except (OSError, ValueError):  # no such limit
        return SPARE * free / MB
    return SPARE * min(free, room) / MB


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
