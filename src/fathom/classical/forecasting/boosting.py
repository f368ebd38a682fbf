"""Trees on lags, seasons, calendar and what is known ahead, for all series and steps alike."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import lightgbm
import numpy as np
import numpy.typing as npt

from fathom.classical import boosted_text, saving
from fathom.classical.features.series import SeriesFeatures
from fathom.classical.forecasting.examples import examples
from fathom.classical.forecasting.naive import Posed
from fathom.classical.forecasting.past import Past
from fathom.classical.forecasting.residuals import Residuals
from fathom.classical.forecasting.scale import Scale
from fathom.data.dataset import Dataset
from fathom.data.series.windows import Windows, windows
from fathom.learner import Run
from fathom.tasks.forecasts import Forecasts
from fathom.tasks.problem import Problem

Floats = npt.NDArray[np.float64]
MODEL = "trees.txt"
OBJECTIVE = "regression_l1"  # MASE decides, which is of absolute errors
MOST_LAGS = 400
MOST_ROWS = 150_000  # windows times steps
MOST_CHECKS = 40_000
ROUNDS, PATIENCE = 600, 30
FARTHEST = 50.0  # units
BLOCK = 200_000  # rows of the matrix made at once
ANCHORS = ("last", "season")
SHARE = 0.8  # of the time left, to add trees in
FASTEST = 40_000.0  # rows a second that a busy core takes through a round with forty columns


@dataclass(frozen=True)
class BoostedLags:
    """Gradient boosting whose rows are windows and steps: the step ahead is a feature as any other.

    What is learned is how far a step will be from an anchor, the last value or the last season over again, whichever is
    nearer in training, in units of the window. `booster` None: there was nothing to learn from.
    """

    features: SeriesFeatures
    anchor: str
    booster: lightgbm.Booster | None
    residuals: Residuals
    threads: int

    @classmethod
    def of(cls, problem: Problem, train: Dataset, valid: Dataset, run: Run, settings: dict[str, Any]) -> Self:
        """Add trees until the validation windows gain no more, or the time is up."""
        horizon = problem.horizon
        assert horizon is not None
        with run.step("features"):
            most = max(_affordable(run) // horizon.ahead, 50)
            seen, future = examples(train, problem, min(horizon.context, MOST_LAGS), most)
            run.hurried |= len(seen) == most < MOST_ROWS // horizon.ahead
            features = SeriesFeatures.of(seen.horizon, train)
            scale = _scale(seen)
            y = np.clip(scale.down(future), -FARTHEST, FARTHEST)
            anchor = min(ANCHORS, key=lambda name: _mean_error(y - _anchor(seen, scale, name)))
            x = features.told(seen, features.by_series(train, seen.series), scale)
            y = (y - _anchor(seen, scale, anchor)).ravel()
            there = np.isfinite(y)
            checked = valid.take(_spread(len(valid), max(MOST_CHECKS // horizon.ahead, 1)))
            checks = cls(features, anchor, None, Residuals.of(y[:0].reshape(0, horizon.ahead)), run.threads)
            valid_x, valid_y = checks._checks(checked, problem)
        with run.step("training"):
            booster = _boosted(x[there], y[there], valid_x, valid_y, settings, run) if there.any() else None
            made = cls(features, anchor, booster, checks.residuals, run.threads)
            errors = made._errors(valid_x, valid_y, x, y)
            return cls(features, anchor, booster, Residuals.of(errors.reshape(-1, horizon.ahead)), run.threads)

    def _checks(self, valid: Dataset, problem: Problem) -> tuple[npt.NDArray[np.float32], Floats]:
        seen = windows(valid, Posed(self.features.horizon))
        scale = _scale(seen)
        y = np.clip(scale.down(problem.truth(valid)["future"]), -FARTHEST, FARTHEST) - _anchor(seen, scale, self.anchor)
        return self.features.told(seen, self.features.statics(valid.frame), scale), y.ravel()

    def _errors(self, valid_x: Any, valid_y: Floats, x: Any, y: Floats) -> Floats:
        """Errors on the validation windows, or where there are few on those that were learned, which are smaller."""
        ahead = self.features.horizon.ahead
        if np.isfinite(valid_y).sum() >= 100 * min(ahead, 3):
            return valid_y - self._said(valid_x)
        return np.concatenate([valid_y - self._said(valid_x), y - self._said(x)])

    def forecasts(self, dataset: Dataset) -> Forecasts:
        """What comes next in each window."""
        horizon = self.features.horizon
        static = self.features.statics(dataset.frame)
        seen = windows(dataset, Posed(horizon))
        scale = _scale(seen)
        steps = np.zeros((len(seen), horizon.ahead))
        for at in _blocks(len(seen), horizon.ahead):
            part, unit = _part(seen, at), Scale(scale.centre[at], scale.unit[at], scale.moving[at])
            said = self._said(self.features.told(part, static[at], unit)).reshape(-1, horizon.ahead)
            steps[at] = unit.up(said * unit.moving + _anchor(part, unit, self.anchor))
        return self.residuals.around(steps, scale.unit * scale.moving)

    def _said(self, x: npt.NDArray[np.float32]) -> Floats:
        if self.booster is None or not len(x):
            return np.zeros(len(x))
        return np.asarray(self.booster.predict(x, num_threads=1 if len(x) < 1_000 else self.threads))

    def save(self, folder: Path) -> dict[str, Any]:
        """Write the trees into `folder`; the rest as plain JSON data."""
        if self.booster is not None:
            (folder / MODEL).write_text(self.booster.model_to_string(), encoding="utf-8")
        return {
            "features": self.features.to_json(),
            "anchor": self.anchor,
            "residuals": self.residuals.to_json(),
            "trees": self.booster is not None,
        }

    @classmethod
    def load(cls, folder: Path, state: dict[str, Any]) -> Self:
        """What `save` wrote."""
        features = SeriesFeatures.from_json(state["features"])
        booster = _read(folder / MODEL, len(features.names)) if state["trees"] else None
        return cls(features, str(state["anchor"]), booster, Residuals.from_json(state["residuals"]), saving.threads())


def _affordable(run: Run) -> int:
    """How many rows of the matrix a hundred rounds can be had of."""
    return int(np.clip(max(run.remaining(), 0.05) * FASTEST, 2_000, MOST_ROWS))


def _scale(seen: Windows) -> Scale:
    return Scale.of(Past.of(seen), seen.horizon.season)


def _anchor(seen: Windows, scale: Scale, anchor: str) -> Floats:
    """What is said where no tree says anything, in units, float64 [rows, ahead]."""
    horizon, held = seen.horizon, Past.of(seen)
    if anchor == "last" or horizon.season > held.values.shape[1]:
        return np.zeros((len(held), horizon.ahead))
    over = scale.down(held.last(horizon.season)[:, np.arange(horizon.ahead) % horizon.season])
    return np.clip(np.where((held.length >= horizon.season)[:, None], over, 0.0), -FARTHEST, FARTHEST)


def _boosted(x: Any, y: Floats, valid_x: Any, valid_y: Floats, settings: dict[str, Any], run: Run) -> lightgbm.Booster:
    parameters = {
        "objective": OBJECTIVE,
        "metric": "l1",
        "learning_rate": 0.05,
        "num_leaves": 31,
        "min_data_in_leaf": int(np.clip(len(x) // 500, 5, 100)),
        "feature_fraction": 0.7,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "deterministic": True,
        "force_col_wise": True,
        "feature_pre_filter": False,
        "verbosity": -1,
        "seed": run.seed % (2**31),
        "num_threads": run.threads,
    } | settings
    data = lightgbm.Dataset(x, y, params=parameters)
    there = np.isfinite(valid_y)
    checks = [data.create_valid(valid_x[there], valid_y[there])] if there.any() else []
    end = time.monotonic() + SHARE * max(run.remaining(), 0.05)
    watch = _Watch(run, end, PATIENCE)
    booster = lightgbm.train(
        parameters, data, num_boost_round=ROUNDS, valid_sets=checks, keep_training_booster=True, callbacks=[watch]
    )
    best = watch.best_round if checks else -1
    return lightgbm.Booster(model_str=booster.model_to_string(num_iteration=best))


class _Watch:
    """Stops when validation gains no more, or when the time is up."""

    order, before_iteration = 30, False

    def __init__(self, run: Run, end: float, patience: int) -> None:
        self.run, self.end, self.patience = run, end, patience
        self.best, self.best_round = np.inf, 1

    def __call__(self, env: Any) -> None:
        done = env.iteration + 1
        self.run.progress(done / ROUNDS, f"round {done}")
        for _, _, score, *_ in env.evaluation_result_list or ():
            if score < self.best - 1e-5:
                self.best, self.best_round = float(score), done
            if done - self.best_round >= self.patience:
                raise lightgbm.callback.EarlyStopException(self.best_round - 1, env.evaluation_result_list)
        if time.monotonic() > self.end:
            self.run.hurried = True
            raise lightgbm.callback.EarlyStopException(self.best_round - 1, env.evaluation_result_list)


def _part(seen: Windows, at: slice) -> Windows:
    arrays = (seen.series[at], seen.origin[at], seen.history[at], seen.length[at], seen.known[at], seen.past[at])
    return Windows(seen.horizon, *arrays)


def _blocks(rows: int, ahead: int) -> Iterator[slice]:
    size = max(BLOCK // ahead, 1)
    return (slice(start, start + size) for start in range(0, rows, size))


def _spread(rows: int, most: int) -> npt.NDArray[np.intp]:
    """Up to `most` rows, evenly spread."""
    return np.unique(np.linspace(0, rows - 1, min(rows, most)).astype(np.intp)) if rows else np.zeros(0, np.intp)


def _mean_error(off: Floats) -> float:
    there = np.isfinite(off)
    return float(np.abs(off[there]).mean()) if there.any() else 0.0


def _read(path: Path, features: int) -> lightgbm.Booster:
    try:
        text = boosted_text.checked(path.read_text("utf-8"), features=features, answers=1, objective=OBJECTIVE)
        return lightgbm.Booster(model_str=text)
    except (OSError, ValueError, KeyError, lightgbm.basic.LightGBMError) as error:
        raise saving.damaged(path, str(error)) from error
