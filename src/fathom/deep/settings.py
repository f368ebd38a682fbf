"""Settings of a training that are asked for or usual."""

from __future__ import annotations

from dataclasses import dataclass


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
