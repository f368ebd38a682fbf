"""Measures of forecasts against loops that do what the papers say, window by window."""

import numpy as np
import pytest

from fathom.protocol.resampled import scorer
from fathom.tasks import forecast_measures as measures
from fathom.tasks.forecasts import LEVELS, Forecasts

ROWS, STEPS, SEASON = 40, 5, 3


@pytest.fixture(scope="module")
def case():
    """Histories, what came next with gaps, and forecasts of it."""
    random = np.random.default_rng(0)
    histories = 50 + random.normal(size=(ROWS, 30)) * random.uniform(1, 9, size=(ROWS, 1))
    histories[3] = 7.0  # never moved
    kinds = [("future", "f8", (STEPS,)), ("naive", "f8", (STEPS,)), ("error", "f8"), ("square", "f8")]
    truth = np.zeros(ROWS, dtype=kinds)
    truth["future"] = 50 + random.normal(size=(ROWS, STEPS)) * 4
    truth["future"][random.uniform(size=(ROWS, STEPS)) < 0.15] = np.nan
    truth["future"][5] = np.nan
    truth["future"][6, 0] = 0.0
    truth["naive"] = histories[:, -SEASON:][:, np.arange(STEPS) % SEASON]
    off = histories[:, SEASON:] - histories[:, :-SEASON]
    truth["error"], truth["square"] = np.abs(off).mean(axis=1), (off**2).mean(axis=1)
    truth["error"][3] = truth["square"][3] = np.nan
    quantiles = 50 + np.sort(random.normal(size=(ROWS, STEPS, len(LEVELS))), axis=2) * 3
    quantiles[6, 0] = 0.0
    said = Forecasts.of(quantiles.mean(axis=2), quantiles)
    return truth, said


def cells(truth, row):
    return [step for step in range(STEPS) if not np.isnan(truth["future"][row, step])]


def slow_mase(truth, said, weight, of="values"):
    total = count = 0.0
    for row in range(ROWS):
        seen = cells(truth, row)
        if not seen or np.isnan(truth["error"][row]):
            continue
        forecast = truth["naive"][row] if of == "naive" else said.values[row]
        off = sum(abs(truth["future"][row, step] - forecast[step]) for step in seen) / len(seen)
        total += weight[row] * off / truth["error"][row]
        count += weight[row]
    return total / count


def slow_rmsse(truth, said, weight):
    total = count = 0.0
    for row in range(ROWS):
        seen = cells(truth, row)
        if seen and not np.isnan(truth["square"][row]):
            off = sum((truth["future"][row, step] - said.mean[row, step]) ** 2 for step in seen) / len(seen)
            total += weight[row] * (off / truth["square"][row]) ** 0.5
            count += weight[row]
    return total / count


def slow_smape(truth, said, weight):
    total = count = 0.0
    for row in range(ROWS):
        seen = cells(truth, row)
        if not seen:
            continue
        off = 0.0
        for step in seen:
            came, said_then = truth["future"][row, step], said.values[row, step]
            if came != said_then:
                off += 2 * abs(came - said_then) / (abs(came) + abs(said_then))
        total += weight[row] * off / len(seen)
        count += weight[row]
    return total / count


def slow_quantile_loss(truth, said, weight):
    losses = []
    for place, level in enumerate(LEVELS):
        loss = size = 0.0
        for row in range(ROWS):
            for step in cells(truth, row):
                off = truth["future"][row, step] - said.quantiles[row, step, place]
                loss += weight[row] * 2 * (level * off if off >= 0 else (level - 1) * off)
                size += weight[row] * abs(truth["future"][row, step])
        losses.append(loss / size)
    return sum(losses) / len(losses)


def pooled(value):
    def slow(truth, said, weight):
        found = [(weight[row], value(truth, said, row, step)) for row in range(ROWS) for step in cells(truth, row)]
        return sum(w * v for w, v in found) / sum(w for w, _ in found)

    return slow


def inside(low, high):
    return pooled(
        lambda truth, said, row, step: (
            said.quantiles[row, step, LEVELS.index(low)]
            <= truth["future"][row, step]
            <= said.quantiles[row, step, LEVELS.index(high)]
        )
    )


SLOW = {
    "mase": slow_mase,
    "smape": slow_smape,
    "rmsse": slow_rmsse,
    "quantile-loss": slow_quantile_loss,
    "skill": lambda truth, said, weight: 1 - slow_mase(truth, said, weight) / slow_mase(truth, said, weight, "naive"),
    "interval-coverage": inside(0.05, 0.95),
    "interval-coverage-80": inside(0.1, 0.9),
    "mae": pooled(lambda truth, said, row, step: abs(truth["future"][row, step] - said.values[row, step])),
    "mse": pooled(lambda truth, said, row, step: (truth["future"][row, step] - said.mean[row, step]) ** 2),
}


@pytest.mark.parametrize("measure", measures.MEASURES, ids=lambda measure: measure.name)
def test_a_measure_is_what_the_papers_say(measure, case):
    truth, said = case
    weights = np.random.default_rng(1).multinomial(ROWS, np.ones(ROWS) / ROWS, size=4)
    assert measure.score(truth, said, None) == pytest.approx(SLOW[measure.name](truth, said, np.ones(ROWS)))
    expected = [SLOW[measure.name](truth, said, row) for row in weights]
    assert [measure.score(truth, said, row) for row in weights] == pytest.approx(expected)
    both = scorer(measure, truth, [said, said])(weights.astype(np.float32))
    assert both == pytest.approx(np.array(expected)[:, None].repeat(2, axis=1))


def test_the_example_of_hyndman_and_koehler():
    """One series by hand: history 1, 3, 2 without a season, 4 and 6 came, 3 and 3 were said."""
    truth = np.zeros(1, dtype=[("future", "f8", (2,)), ("naive", "f8", (2,)), ("error", "f8"), ("square", "f8")])
    truth["future"], truth["naive"], truth["error"], truth["square"] = [[4, 6]], [[2, 2]], 1.5, 2.5
    said = Forecasts.of(None, np.full((1, 2, len(LEVELS)), 3.0))
    scores = {measure.name: measure.score(truth, said, None) for measure in measures.MEASURES}
    assert scores["mase"] == pytest.approx((1 + 3) / 2 / 1.5)
    assert scores["smape"] == pytest.approx((2 * 1 / 7 + 2 * 3 / 9) / 2)
    assert scores["rmsse"] == pytest.approx((((1 + 9) / 2) / 2.5) ** 0.5)
    assert scores["skill"] == pytest.approx(1 - 4 / 6)
    assert (scores["mae"], scores["mse"], scores["interval-coverage"]) == (2, 5, 0)


def test_where_nothing_was_seen_there_is_no_score(case):
    truth, said = case
    nothing = np.flatnonzero(np.isnan(truth["future"]).all(axis=1))
    for measure in measures.MEASURES:
        assert np.isnan(measure.score(truth[nothing], said.take(nothing), None))
