"""Forecasts against studies whose true curves are known. The bounds allow for there being some 500 curves."""

from dataclasses import replace

import numpy as np
import pytest
import simulation

from fathom.protocol.curves.crossing import crossings
from fathom.protocol.curves.curve import Curve, Outlook
from fathom.protocol.curves.forecast import Measured, forecast

pytestmark = pytest.mark.xdist_group("forecast")  # what is made once per module is made once

SHARE = {"bounds": (0.0, 1.0), "higher_is_better": True, "margin": 0.005}
TIMES = (1, 2, 4, 8, 16, 64)


def studies(first, count, **kind):
    simulated = [simulation.simulate(seed, **kind) for seed in range(first, first + count)]
    return [(each, *forecast(each.measured, **each.options)) for each in simulated]


@pytest.fixture(scope="module")
def accuracy():
    return studies(50_000, 80)


@pytest.fixture(scope="module")
def losses():
    return studies(60_000, 60, kind="loss")


@pytest.fixture(scope="module")
def usual(accuracy, losses):
    return [*accuracy, *losses]


def covered(told, times):
    inside = []
    for study, curves, _ in told:
        for index, curve in enumerate(curves):
            _, low, high = curve.at(study.rows * times)
            inside.append(low <= study.trained(index, study.rows * times) <= high)
    return np.mean(inside)


@pytest.mark.parametrize("times", [1, 2, 8, 64])
def test_intervals_cover_what_a_new_model_scores(accuracy, losses, times):
    assert 0.85 <= covered(accuracy, times) <= 0.97
    assert 0.85 <= covered(losses, times) <= 0.97


@pytest.mark.parametrize("kind", [{"noisy": True}, {"flat": True}], ids=["noisy", "flat"])
@pytest.mark.parametrize("times", [2, 8])
def test_intervals_cover_noisy_and_flat_curves(kind, times):
    assert 0.8 <= covered(studies(70_000, 30, **kind), times) <= 0.99


def test_intervals_widen_with_the_rows_and_narrow_with_the_test_set():
    size = np.array([100, 200, 400, 800, 1600])
    score = 0.9 - 2 / np.sqrt(size)
    noise = np.random.default_rng(0).standard_normal((200, 1))

    def width(spread, times):
        one = Measured("ridge", "classical", size, score, score + spread * noise, size / 100)
        _, low, high = forecast([one], rows=1600, **SHARE)[0][0].at(1600 * times)
        return high - low

    assert width(0.004, 1) < width(0.004, 4) < width(0.004, 64)
    assert width(0.001, 4) < width(0.004, 4) < width(0.02, 4)


def leads(told):
    """What was forecast and what happened: is the best deep model in front, at every size of TIMES."""
    forecasts, happened, naive = [], [], []
    for study, _, outlook in told:
        sign = 1 if study.kind == "accuracy" else -1
        deep = np.array([each.family == "deep" for each in study.measured])
        final = np.array([sign * each.scores[-1] for each in study.measured])
        for times in TIMES:
            score = np.array([sign * study.trained(each, study.rows * times) for each in range(len(deep))])
            forecasts.append(outlook.probability(study.rows * times))
            happened.append(score[deep].max() > score[~deep].max())
            naive.append(final[deep].max() > final[~deep].max())
    return np.array(forecasts), np.array(happened), np.array(naive)


def test_the_probability_that_deep_leads_is_what_happens(usual):
    told, happened, naive = leads(usual)
    for low, high in ((0.0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.01)):
        there = (told >= low) & (told < high)
        assert abs(happened[there].mean() - told[there].mean()) <= 0.15
    assert np.mean((told - happened) ** 2) < 0.75 * np.mean((naive - happened.astype(float)) ** 2)
    assert np.mean((told > 0.5) == happened) >= np.mean(naive == happened) - 0.01


def test_crossings_happen_as_often_as_forecast_and_where(usual):
    told, happened, inside = [], [], []
    for study, _, outlook in usual:
        truly = crossings(study.lead()[None], study.rows * simulation.AHEAD)[0]
        told.append(outlook.crosses)
        happened.append(np.isfinite(truly))
        if outlook.crossing:
            _, low, high = (np.inf if each is None else each for each in outlook.crossing)
            inside.append(low <= truly <= high)
    told, happened = np.array(told), np.array(happened)
    for low, high in ((0.0, 0.25), (0.25, 0.5), (0.5, 1.01)):
        there = (told >= low) & (told < high)
        assert abs(happened[there].mean() - told[there].mean()) <= 0.2
    assert np.mean(inside) >= 0.8


def test_evident_peaks_are_noticed_and_hardly_ever_claimed_in_vain(usual):
    noticed = []
    for study, curves, _ in studies(80_000, 60, peaking=True):
        one = study.measured[2]
        loss = study.truths[2](np.unique(one.rows))
        rise = max((loss[later] - loss[:later].min() for later in range(1, len(loss))), default=0)
        # Evident: five standard errors of the test set, and a quarter of the loss, some five of the usual seeds'.
        if rise > 5 * one.draws[:, -1].std() and rise > 0.25 * loss[-1] and rise > 0.01:
            noticed.append(curves[2].shape in ("peaking", "falling"))
    claimed = [curve.shape in ("peaking", "falling") for _, curves, _ in usual for curve in curves]
    assert len(noticed) >= 10
    assert np.mean(noticed) >= 0.8
    assert np.mean(claimed) <= 0.05


def test_a_curve_that_falls_is_not_forced_to_rise():
    size = np.array([100, 200, 400, 800, 1600])
    score = np.array([0.8, 0.79, 0.75, 0.7, 0.64])
    one = Measured("bayes", "classical", size, score, score + np.linspace(-0.005, 0.005, 50)[:, None], size / 100)
    curve = forecast([one], rows=1600, **SHARE)[0][0]
    assert curve.shape == "falling"
    middle, low, high = curve.at(1600 * 8)
    assert low < 0.6 < 0.68 < high
    assert abs(middle - 0.64) < 0.02
    assert curve.ceiling is None
    assert curve.enough_rows is None
    assert curve.doubling[1] < 0 < curve.doubling[2]


def test_flat_curves_are_called_at_their_ceiling_and_steep_ones_rising():
    flat = [each for study in studies(90_000, 25, flat=True) for each in study[1]]
    assert np.mean([each.shape == "rising" for each in flat]) <= 0.05
    assert np.mean([each.shape == "at its ceiling" for each in flat]) >= 0.4
    size = np.array([100, 200, 400, 800, 1600])
    score = 1 - 4 / np.sqrt(size + 50)
    one = Measured("network", "deep", size, score, score + np.linspace(-0.01, 0.01, 50)[:, None], size / 100)
    curve = forecast([one], rows=1600, **SHARE)[0][0]
    assert curve.shape == "rising"
    assert curve.ceiling > curve.at(1600)[0] + 0.02


def pair(classical, deep, tests=5000):
    """Two contenders with these error curves up to 4,000 rows, some noise of the test set and none of the seed."""
    size = np.repeat([62, 125, 250, 500, 1000, 2000, 4000], 3)
    chance = np.random.default_rng(1)
    made = []
    for name, family, error in (("forest", "classical", classical), ("network", "deep", deep)):
        score = 1 - error(size)
        noise = chance.standard_normal((200, 1)) * np.sqrt(error(size) / tests)
        made.append(Measured(name, family, size, score, score + noise, size / 100))
    return forecast(made, rows=4000, **SHARE)


def test_a_crossing_is_found_where_it_is():
    def deep(size):
        return 0.02 + 0.18 * (size / 4000) ** -0.6

    def classical(size):
        return 0.02 + 0.18 * 8**-0.6 * (size / 32_000) ** -0.2

    _, outlook = pair(classical, deep)
    assert outlook.deep_ahead[0] < 0.1
    assert outlook.deep_ahead[-1] > 0.75
    assert outlook.crosses > 0.75
    middle, low, high = outlook.crossing
    assert 16_000 <= middle <= 64_000
    assert low < 32_000 < (high or np.inf)


def test_families_that_never_cross_are_not_said_to():
    _, outlook = pair(lambda size: 0.05 + 0.1 * (size / 4000) ** -0.5, lambda size: 0.15 + 0.2 * (size / 4000) ** -0.5)
    assert outlook.crosses < 0.1
    assert outlook.crossing is None
    assert max(outlook.deep_ahead) < 0.1
    assert max(outlook.deep_wins) < 0.1


def test_a_loss_and_the_score_it_is_counted_from_get_mirrored_forecasts():
    study = simulation.simulate(7)
    mirrored = [replace(each, scores=1 - each.scores, draws=1 - each.draws) for each in study.measured]
    curves, outlook = forecast(study.measured, **study.options)
    turned, same = forecast(mirrored, **{**study.options, "higher_is_better": False})
    assert outlook.deep_ahead == pytest.approx(same.deep_ahead)
    for one, other in zip(curves, turned, strict=True):
        assert one.middle == pytest.approx([1 - value for value in other.middle])
        assert one.high == pytest.approx([1 - value for value in other.low])
        assert one.doubling == pytest.approx(other.doubling)
        assert one.shape == other.shape


def test_forecasts_are_within_what_a_score_can_be_and_the_same_each_time():
    for study in (simulation.simulate(3), simulation.simulate(4, noisy=True), simulation.simulate(5, kind="loss")):
        curves, outlook = forecast(study.measured, **study.options)
        assert (curves, outlook) == forecast(study.measured, **study.options)
        lowest, highest = study.options["bounds"]
        for curve in curves:
            assert lowest <= min(curve.low)
            assert max(curve.high) <= highest
            assert (np.diff([curve.low, curve.middle, curve.high], axis=0) >= 0).all()
            assert sum(curve.families.values()) == pytest.approx(1, abs=0.001)
        assert Curve.from_json(curves[0].to_json()) == curves[0]
        assert Outlook.from_json(outlook.to_json()) == outlook


@pytest.mark.parametrize("sizes", [1, 2])
def test_few_sizes_give_wide_curves_and_no_outlook(sizes):
    study = simulation.simulate(11)

    def shortened(one):
        use = np.isin(one.rows, np.unique(one.rows)[-sizes:])
        return replace(
            one, rows=one.rows[use], scores=one.scores[use], draws=one.draws[:, use], seconds=one.seconds[use]
        )

    few, outlook = forecast([shortened(each) for each in study.measured], **study.options)
    many, _ = forecast(study.measured, **study.options)
    assert outlook is None
    for short, long in zip(few, many, strict=True):
        assert short.shape == "unclear"
        assert short.high[-1] - short.low[-1] > 0.9 * (long.high[-1] - long.low[-1])


def test_a_family_whose_best_has_too_few_sizes_is_not_foretold_by_the_others():
    study = simulation.simulate(12)
    deep = next(one for one in study.measured if one.family == "deep")
    last = slice(-1, None)
    points = {"rows": deep.rows[last], "draws": deep.draws[:, last], "seconds": deep.seconds[last]}
    for score, foretold in ((0.9999, False), (0.0, True)):
        other = replace(deep, learner="other", scores=np.array([score]), **points)
        assert (forecast([*study.measured, other], **study.options)[1] is not None) == foretold


def test_baselines_stand_for_no_family():
    study = simulation.simulate(12)
    best = max(study.measured, key=lambda one: one.scores[-1])
    better = replace(best, learner="baseline", family="baseline", scores=(1 + best.scores) / 2)
    _, outlook = forecast(study.measured, **study.options)
    _, beside = forecast([*study.measured, better], **study.options)
    assert np.abs(np.subtract(outlook.deep_ahead, beside.deep_ahead)).max() < 0.1
    assert forecast([better, *study.measured[:2]], **study.options)[1] is None


def test_points_that_could_not_be_scored_and_contenders_without_any_are_left_out():
    study = simulation.simulate(13)
    broken = replace(study.measured[0], scores=study.measured[0].scores.copy())
    broken.scores[0] = np.nan
    empty = replace(study.measured[1], scores=np.full_like(study.measured[1].scores, np.nan))
    curves, _ = forecast([broken, empty, *study.measured[2:]], **study.options)
    assert [curve.learner for curve in curves] == ["classical-0", "deep-2", "deep-3"]
    assert np.isfinite(curves[0].middle).all()
    assert forecast([empty], **study.options) == ([], None)


def test_contenders_that_stopped_early_are_drawn_on_from_where_they_stopped():
    study = simulation.simulate(14)
    one = study.measured[0]
    use = one.rows < one.rows.max()
    stopped = replace(
        one, rows=one.rows[use], scores=one.scores[use], draws=one.draws[:, use], seconds=one.seconds[use]
    )
    curves, outlook = forecast([stopped, *study.measured[1:]], **study.options)
    whole, _ = forecast(study.measured, **study.options)
    assert curves[0].rows == whole[0].rows
    assert curves[0].high[-1] - curves[0].low[-1] > 0.9 * (whole[0].high[-1] - whole[0].low[-1])
    assert outlook is not None


def test_perfect_scores_on_few_test_rows_prove_little():
    size = np.array([50, 100, 200, 400])
    ones = np.ones(4)
    perfect = Measured("forest", "classical", size, ones, np.ones((200, 4)), size / 100)
    taken = np.random.default_rng(0).binomial(100, 0.95, (200, 1)) / 100
    other = Measured("network", "deep", size, np.full(4, 0.95), np.repeat(taken, 4, axis=1), size / 100)
    curves, _ = forecast([perfect, other], rows=400, **SHARE)
    assert 0.95 < curves[0].at(400)[1] < 0.99


def test_a_measure_without_a_best_score_is_told_too():
    size = np.array([100, 200, 400, 800])
    score = np.array([2.0, 3.0, 3.5, 3.75])
    one = Measured("ridge", "classical", size, score, score + np.linspace(-0.1, 0.1, 50)[:, None], size / 100)
    curve = forecast([one], rows=800, bounds=(-np.inf, np.inf), higher_is_better=True, margin=0.01)[0][0]
    assert 3.5 < curve.at(1600)[0] < 4.5


def test_where_nothing_is_wrong_any_more_no_gain_is_called_rising():
    """A margin that is a share of the errors left is nothing there, and any gain would be as much."""
    size = np.array([100, 200, 400, 800, 1600])
    score = np.array([0.999, 1.0, 1.0, 1.0, 1.0])
    draws = score + np.random.default_rng(0).normal(size=(200, 5)) * np.array([0.001, 0, 0, 0, 0])
    one = Measured("ridge", "classical", size, score, np.minimum(draws, 1.0), size / 1000)
    curves, _ = forecast([one], rows=1600, bounds=(0, 1), higher_is_better=True, margin=0.0)
    assert curves[0].shape == "at its ceiling"
