"""Settings of a training that are asked for or usual."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any


@dataclass(frozen=True)
class Settings:
    """What suits one kind of input and not another."""

    rate: float
    weight_decay: float
    batch: int
    smoothing: float
    dropout: float
    average: float
    patience: int  # looks


def asked(learner: Any, usual: Settings) -> Settings:
    """What was asked of a learner, and what is usual where nothing was."""
    wanted = {each.name: getattr(learner, each.name, None) for each in fields(Settings)}
    return replace(usual, **{name: value for name, value in wanted.items() if value is not None})
