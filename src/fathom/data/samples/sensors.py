"""A made-up plant's sensors: two machines, a reading every ten minutes, with faults that are labelled to test by.

What sets the data: `load` goes with the hour of the day and wanders slowly; every sensor follows it in its own way with
little noise, and vibration jumps now and then without any fault. So most faults leave each sensor in its usual range
and break only how sensors go together, or how a sensor goes on from its past.
"""

from __future__ import annotations

import datetime

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]
Random = np.random.Generator

MACHINES = ("north", "south")
READINGS = 900  # of each machine
MINUTES = 10  # between two readings
SENSORS = ("temperature", "current", "pressure", "vibration", "flow")
NOISE = (0.8, 0.25, 0.04, 0.05, 0.12)  # standard deviation around what the load asks for, in each sensor's unit
SWING = (24.0, 9.0, -1.1, 0.9, 3.4)  # by which a sensor moves between no load and full load
JUMPS = 0.06  # share of readings at which vibration is high for no fault
POINTS = 24  # faults of one reading, of each machine
SURGES = 0.5  # share of them in which all sensors read as at a load that never is
SURGE = (1.35, 1.6)  # that load
STRETCHES, STRETCH = 3, (8, 16)  # sensors that stand still, and for how many readings
CHANGES, CHANGE = 2, (14, 26)  # sensors that go on at another level, and for how many readings
STATES = ("normal", "point", "stretch", "change")


def sensors() -> pl.DataFrame:
    """1,800 readings of two machines in order of time; `state` names the kind of fault. Always the same ones.

    "point": for one reading two or three sensors show what belongs to another load, or all of them a surge. "stretch":
    a sensor stands still while the load goes on. "change": a sensor reads a third of its swing too high or too low from
    some moment on.

    >>> frame = sensors()
    >>> frame.height, sorted(frame["state"].unique())
    (1800, ['change', 'normal', 'point', 'stretch'])
    """
    random = np.random.default_rng(20_260_412)
    begin = datetime.datetime(2026, 3, 2)
    times = [begin + datetime.timedelta(minutes=MINUTES * at) for at in range(READINGS)]
    frames = []
    for machine in MACHINES:
        values, state = _machine(random, offset=0.15 * MACHINES.index(machine))
        columns = {name: np.round(values[:, at], 3) for at, name in enumerate(SENSORS)}
        frames.append(pl.DataFrame({"time": times, "machine": [machine] * READINGS, **columns, "state": state}))
    return pl.concat(frames).sort("time", "machine")


def _machine(random: Random, offset: float) -> tuple[Floats, list[str]]:
    """A machine's readings [readings, sensors] and their states."""
    load = _load(random) + offset
    values = _followed(load, random)
    state = [STATES[0]] * READINGS
    free = np.ones(READINGS, dtype=bool)
    free[:12] = False
    for _ in range(STRETCHES):
        at = _place(random, free, int(random.integers(*STRETCH)))
        sensor = int(random.integers(len(SENSORS)))
        values[at, sensor] = values[at.start - 1, sensor]
        state[at] = ["stretch"] * (at.stop - at.start)
    for _ in range(CHANGES):
        at = _place(random, free, int(random.integers(*CHANGE)))
        sensor = int(random.integers(len(SENSORS)))
        values[at, sensor] += SWING[sensor] / 3 * random.choice((-1, 1))
        state[at] = ["change"] * (at.stop - at.start)
    for _ in range(POINTS):
        at = _place(random, free, 1)
        surge = random.random() < SURGES
        other = _followed(random.uniform(*SURGE, 1) if surge else (load[at] + 0.55) % 1.1, random)
        chosen = random.permutation(len(SENSORS))[: len(SENSORS) if surge else int(random.integers(2, 4))]
        values[at.start, chosen] = other[0, chosen]
        state[at.start] = "point"
    return values, state


def _load(random: Random) -> Floats:
    """How hard the machine works, about 0 to 1: with the hour of the day, wandering slowly."""
    hours = np.arange(READINGS) * MINUTES / 60
    daily = 0.5 - 0.3 * np.cos(2 * np.pi * (hours - 3) / 24)
    wander = np.zeros(READINGS)
    for at in range(1, READINGS):
        wander[at] = 0.95 * wander[at - 1] + random.normal(0, 0.035)
    return np.clip(daily + wander, 0.0, 1.0)


def _followed(load: Floats, random: Random) -> Floats:
    """What the sensors read under a load, float64 [readings, sensors]."""
    shapes = (load, load**1.3, np.sqrt(load), load**2, load)
    base = (38.0, 6.0, 4.0, 0.5, 5.0)
    clean = np.column_stack([start + swing * shape for start, swing, shape in zip(base, SWING, shapes, strict=True)])
    values = clean + random.normal(0, NOISE, clean.shape)
    values[:, 3] += (random.random(len(load)) < JUMPS) * random.exponential(1.2, len(load))
    return values


def _place(random: Random, free: npt.NDArray[np.bool_], length: int) -> slice:
    """Readings that no fault has taken yet, with some between it and others."""
    while True:
        start = int(random.integers(12, READINGS - length))
        around = slice(max(start - 6, 0), start + length + 6)
        if free[around].all():
            free[around] = False
            return slice(start, start + length)
