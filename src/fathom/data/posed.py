"""What the data room asks of a problem; the tasks' `Problem` has it."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from fathom.data.dataset import Dataset
from fathom.data.events.events import Events
from fathom.data.kinds import Column
from fathom.data.series.horizon import Horizon


class Posed(Protocol):
    """The part of a problem that splitting and checking read."""

    @property
    def target(self) -> str:
        """The column to predict."""

    @property
    def inputs(self) -> tuple[Column, ...]:
        """The columns that go in."""

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels; none where a number is predicted."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of spans; none where something else is predicted."""

    @property
    def sets(self) -> tuple[str, ...]:
        """The labels of which a row can have several; none where something else is predicted."""

    @property
    def boxes(self) -> tuple[str, ...]:
        """The labels of boxes; none where something else is predicted."""

    @property
    def persons(self) -> tuple[str, ...]:
        """The persons that are known; none where something else is predicted."""

    @property
    def events(self) -> Events | None:
        """What makes rows events; None where no frauds are looked for."""

    @property
    def horizon(self) -> Horizon | None:
        """How far ahead series are forecast; None where something else is predicted."""

    @property
    def conditions(self) -> tuple[str, ...]:
        """What a row can be where anomalies are sought, the usual one first; none where something else is asked."""

    @property
    def planted(self) -> bool:
        """Whether the anomalies that test are planted."""

    @property
    def group(self) -> str | None:
        """The column whose rows stay together."""

    @property
    def time(self) -> str | None:
        """The column that orders rows."""

    def truth(self, dataset: Dataset) -> npt.NDArray[Any]:
        """Class positions (-1: none), numbers, or tuples of spans or boxes (None: nobody has looked).

        Of several labels a row int8 [rows, sets]: 1 where it has the label, -1 throughout where nobody has looked.
        """

    def known(self, truth: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
        """Which rows have a truth."""
