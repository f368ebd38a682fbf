"""The energy of a training: read off counters where the machine has them, else an estimate that is called one."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from fathom.protocol.costs import nvml

POWERCAP = Path("/sys/class/powercap")
ZONES = ("package", "dram")  # "core" and "uncore" are parts of a package, and "psys" holds packages
ESTIMATE, RAPL, NVML = "estimate", "rapl", "nvml"
# The mean of a core over the processors of the Green Algorithms calculator, which it takes for unknown ones
# (Lannelongue, Grealey and Inouye, Advanced Science 2021).
WATTS_PER_CORE = 12.0
WATCH_SECONDS = 30.0  # counters run over after minutes at the soonest
HOUR = 3_600.0


@dataclass(frozen=True)
class Energy:
    """Watt-hours, and where the number comes from: "rapl", "nvml", "estimate", or two of them with " + " between.

    `watt_hours` is None where nothing can be said: a graphics processor without a counter.
    """

    watt_hours: float | None
    source: str

    def stretched(self, times: float) -> Energy:
        """The same for `times` as long, which nobody measured: an estimate.

        >>> Energy(2.0, "rapl").stretched(1.5)
        Energy(watt_hours=3.0, source='estimate')
        """
        return self if self.watt_hours is None or times == 1 else Energy(self.watt_hours * times, ESTIMATE)


@dataclass
class Counter:
    """A counter of microjoules that runs over at `most`; `total` is what it has counted since it was made."""

    path: Path
    most: int
    last: int
    total: int = 0

    def read(self) -> None:
        """Add what has been counted since the last reading."""
        now = int(self.path.read_text())
        self.total += now - self.last if now >= self.last else now + self.most - self.last
        self.last = now


def counters(powercap: Path = POWERCAP) -> list[Counter]:
    """A counter for each processor package and its memory; none where they cannot all be read.

    Linux calls this interface intel-rapl on processors of AMD, too; reading it takes root's permission since 2020.
    """
    found = []
    try:
        for zone in sorted(powercap.glob("intel-rapl:*")):
            if (zone / "name").read_text().strip().partition("-")[0] in ZONES:
                path = zone / "energy_uj"
                most = int((zone / "max_energy_range_uj").read_text())
                found.append(Counter(path, most, int(path.read_text())))
    except (OSError, ValueError):
        return []
    return found


@dataclass
class Meter:
    """Measures a block of code; `energy` is what it used.

    Counters tell of the whole processor and the whole graphics processor, idle power and everybody's work included;
    an estimate tells of this process alone.
    """

    device: str = "cpu"
    powercap: Path = POWERCAP
    joules: Callable[[], float | None] = nvml.joules
    energy: Energy = field(default=Energy(None, ""), init=False)

    def __enter__(self) -> Self:
        """Begin."""
        self._counters = counters(self.powercap)
        self._graphics = self.joules() if self.device.startswith("cuda") else None
        self._seconds = processor_seconds()
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)
        if self._counters:
            self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Read for the last time."""
        self._ended.set()
        if self._watch.is_alive():
            self._watch.join()
        self.energy = self._spent()

    def _spent(self) -> Energy:
        joules, source = self._processor()
        if not self.device.startswith("cuda"):
            return Energy(joules / HOUR, source)
        now = self.joules()
        if now is None or self._graphics is None:
            return Energy(None, "")
        return Energy((joules + now - self._graphics) / HOUR, f"{source} + {NVML}")

    def _processor(self) -> tuple[float, str]:
        """Joules of the processor and how they are known."""
        if self._counters and self._read():
            return sum(each.total for each in self._counters) / 1e6, RAPL
        return WATTS_PER_CORE * (processor_seconds() - self._seconds), ESTIMATE

    def _look(self) -> None:
        """Read often enough that no counter runs over twice in between."""
        while not self._ended.wait(WATCH_SECONDS):
            self._read()

    def _read(self) -> bool:
        try:
            for each in self._counters:
                each.read()
        except (OSError, ValueError):
            self._counters = []
            return False
        return True


def processor_seconds() -> float:
    """Seconds of processor cores that this process and its ended children have used."""
    return time.process_time() + sum(os.times()[2:4])
