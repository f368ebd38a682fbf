"""What the cheat sheet says of a task, and of a learner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Family = Literal["classical", "deep"]
Reads = Literal["table", "image", "text", "series", "events"]  # what goes in
Output = Literal[  # what comes out
    "label", "labels", "number", "spans", "boxes", "identity", "forecast", "scores"
]
Grade = Literal["none", "modest", "good", "high"]
Pace = Literal["moments", "seconds", "minutes"]
Amount = Literal["few", "many", "any"]


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task by name: where its code is, what goes in and comes out, a sample to try it on and its target."""

    name: str
    path: str
    summary: str
    reads: Reads
    output: Output
    sample: str
    target: str


@dataclass(frozen=True, slots=True)
class LearnerRow:
    """A learner by name: where its code is, which problems it can learn, when to prefer it."""

    name: str
    path: str
    family: Family
    summary: str
    reads: tuple[Reads, ...]
    outputs: tuple[Output, ...]
    prefer: str
    network: str = ""  # the kind of network: feed-forward, recurrent, convolutional, adversarial, transformer
    extra: str = ""  # what must be installed beside the base: "deep" means pip install 'fathom-ml[deep]'
    takes: tuple[str, ...] = ()  # what a study may be asked for that it is told: "pretrain", "backbone", "gazetteers"
    contender: bool = True  # whether a study tries it without being told to
    accuracy: Grade = "good"  # what is usual where it fits
    training: Pace = "seconds"  # for some thousand rows on one core
    linear: bool = False  # whether it can only add effects up
    parameters: int = 0  # how many settings it has
    features: Amount = "any"  # how many it copes with
