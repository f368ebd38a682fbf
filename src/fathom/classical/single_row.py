"""LightGBM's way to answer one row, without what `Booster.predict` prepares anew for every call."""

from __future__ import annotations

import ctypes
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt
from lightgbm import basic

FUNCTIONS = (
    "LGBM_BoosterPredictForMatSingleRowFastInit",
    "LGBM_BoosterPredictForMatSingleRowFast",
    "LGBM_FastConfigFree",
)
DOUBLES, NORMAL = 1, 0  # C_API_DTYPE_FLOAT64, C_API_PREDICT_NORMAL


class SingleRow:
    """A booster made ready once for single rows, by the `SingleRowFast` functions of LightGBM's C interface.

    Python reaches them only through two names that LightGBM keeps to itself; where a release has other names,
    `Booster.predict` answers. Both give the same figures to the bit. Several threads may ask at once.
    """

    def __init__(self, booster: lightgbm.Booster) -> None:
        self.booster = booster
        self.answers = booster.num_model_per_iteration()
        self._ready: ctypes.c_void_p | None = None
        try:
            handle = booster._handle
            begin, self._ask, self._free = (getattr(basic._LIB, name) for name in FUNCTIONS)  # type: ignore[attr-defined]
        except AttributeError:
            return
        ready = ctypes.c_void_p()
        width = ctypes.c_int32(booster.num_feature())
        settings = (NORMAL, 0, -1, DOUBLES, width, b"num_threads=1")  # all rounds, on one thread
        if begin(handle, *settings, ctypes.byref(ready)) == 0:
            self._ready = ready

    @property
    def fast(self) -> bool:
        """Whether this LightGBM could be made ready."""
        return self._ready is not None

    def predict(self, matrix: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """What `booster.predict` says of one row [1, features]: [1, classes], or [1] for a single answer."""
        if self._ready is None:
            return np.asarray(self.booster.predict(matrix, num_threads=1))
        row = np.ascontiguousarray(matrix, dtype=np.float64)
        answer = (ctypes.c_double * self.answers)()
        length = ctypes.c_int64()
        if self._ask(self._ready, ctypes.c_void_p(row.ctypes.data), ctypes.byref(length), answer) != 0:
            raise basic.LightGBMError("LightGBM cannot answer this row.")
        found = np.array(answer)
        return found[None] if self.answers > 1 else found

    def __del__(self) -> None:
        """Give LightGBM's preparation back, before the booster that it belongs to."""
        if getattr(self, "_ready", None) is not None:
            self._free(self._ready)

    def __reduce__(self) -> tuple[type[SingleRow], tuple[lightgbm.Booster]]:
        return SingleRow, (self.booster,)
