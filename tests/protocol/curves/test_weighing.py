"""Weighing with experience, against problems whose true standings are drawn from the experience itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fathom.protocol.advice.experience import Experience
from fathom.protocol.curves.forecast import Measured, forecast
from fathom.protocol.curves.weighing import Leaning

LEARNERS = ("ridge", "forest", "network")
ROWS = np.array([1000.0, 8000.0, 64_000.0])
DRAWS = 400


def experience(spread=0.2, level=(0.3, 0.0, -0.1), slope=(0.0, 0.0, -0.05)):
    return Experience(
        LEARNERS,
        np.array(level),
        np.array(slope),
        spread**2 * np.eye(3),
        1000.0,
        100.0,
        10_000.0,
        12,
        ("any",),
        "today",
    )


def noisy(units, spread, seed=0):
    """Drawn losses at every size around these logarithms, [L, Q], each contender's draws alike at all sizes."""
    noise = spread * np.random.default_rng(seed).standard_normal((len(units), DRAWS, 1))
    return [np.exp((one[None, :] + each) / 2) for one, each in zip(np.asarray(units), noise, strict=True)]


def standings(leaning, curves):
    """The median logarithm of each, beside their mean: [L, Q]."""
    units = np.array([np.median(leaning.unit(each), axis=0) for each in curves])
    return units - units.mean(axis=0)


def weighed(units, spread, known=None, seed=0):
    leaning = Leaning(known or experience(), squared=True)
    curves, weight = leaning.weigh(LEARNERS, noisy(units, spread, seed), ROWS, np.random.default_rng(1))
    return leaning, curves, weight


MEASURED = np.array([[0.0] * 3, [0.5] * 3, [1.0] * 3])


def test_noisy_measurements_lean_on_experience_and_sharp_ones_override_it():
    leaning, curves, weight = weighed(MEASURED, spread=5.0)
    expected = experience().standing(LEARNERS, ROWS)[0]
    assert standings(leaning, curves) == pytest.approx(expected - expected.mean(axis=0), abs=0.1)
    assert weight.min() > 0.95
    leaning, curves, weight = weighed(MEASURED, spread=0.005)
    assert standings(leaning, curves) == pytest.approx(MEASURED - 0.5, abs=0.02)
    assert weight.max() < 0.05


def test_who_was_cut_short_is_judged_more_by_experience():
    leaning, curves = Leaning(experience(), squared=True), noisy(MEASURED, 0.05)
    sure, plain = leaning.weigh(LEARNERS, curves, ROWS, np.random.default_rng(1))
    late, more = leaning.weigh(LEARNERS, curves, ROWS, np.random.default_rng(1), [False, False, True])
    assert (more > plain).all()
    network = LEARNERS.index("network")
    assert standings(leaning, late)[network, 0] < standings(leaning, sure)[network, 0] - 0.3  # where experience sees it
    assert late[network].std(axis=0).min() > 2 * sure[network].std(axis=0).min()


def test_how_hard_the_problem_is_stays_as_it_was_measured():
    _, curves, _ = weighed(MEASURED + 7.0, spread=0.3)
    units = np.mean([2 * np.log(each) for each in curves])
    assert units == pytest.approx(7.5, abs=0.1)


def test_the_trend_of_experience_ends_where_its_rows_end():
    known = experience()
    far, farther = known.standing(["network"], np.array([80_000.0, 1e9]))[0][0]
    near = known.standing(["network"], np.array([10_000.0]))[0][0, 0]
    assert far == farther < near


def test_whom_experience_does_not_know_is_left_alone():
    leaning = Leaning(experience(), squared=True)
    curves = noisy(np.vstack([MEASURED, MEASURED[:1]]), 0.5)
    told, _ = leaning.weigh([*LEARNERS, "mine"], curves, ROWS, np.random.default_rng(0))
    assert np.array_equal(told[3], curves[3])
    assert not np.array_equal(told[0], curves[0])
    alone, weight = leaning.weigh(["ridge", "mine"], curves[:2], ROWS, np.random.default_rng(0))
    assert np.array_equal(alone[0], curves[0])
    assert not weight.any()


@pytest.mark.parametrize("spread", [0.1, 0.4, 1.0])
def test_of_many_problems_weighed_standings_are_nearer_the_truth_and_as_sure_as_they_say(spread):
    chance = np.random.default_rng(5)
    known = experience(slope=(0.0, 0.0, 0.0))
    leaning = Leaning(known, squared=True)
    own, both, inside, right, naive = [], [], [], [], []
    for _ in range(150):
        truth = known.level + 0.2 * chance.standard_normal(3)
        seen = truth + spread * chance.standard_normal(3)
        curves = noisy(np.repeat(seen[:, None], 3, axis=1), spread, seed=int(chance.integers(1 << 30)))
        told, _ = leaning.weigh(LEARNERS, curves, ROWS, chance)
        units = np.array([2 * np.log(each[:, 1]) for each in told])
        apart = units[0] - units[2]
        low, high = np.quantile(apart, [0.05, 0.95])
        inside.append(low <= truth[0] - truth[2] <= high)
        both.append(np.median(apart) - truth[0] + truth[2])
        own.append(seen[0] - seen[2] - truth[0] + truth[2])
        right.append(np.median(units, axis=1).argmin() == truth.argmin())
        naive.append(seen.argmin() == truth.argmin())
    assert np.mean(np.square(both)) < np.mean(np.square(own))
    assert 0.84 <= np.mean(inside) <= 0.96
    assert np.mean(right) >= np.mean(naive) - 0.02


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3), st.floats(0, 0.3), st.booleans())
def test_weighed_losses_are_losses(losses, spread, squared):
    chance = np.random.default_rng(0)
    curves = [np.clip(each + spread * chance.standard_normal((50, 3)), 0, None) for each in losses]
    told, weight = Leaning(experience(), squared).weigh(LEARNERS, curves, ROWS, chance)
    assert all(np.isfinite(each).all() and (each >= 0).all() for each in told)
    assert ((weight >= 0) & (weight <= 1)).all()


def measured(name, family, error, tests, rows=(250, 500, 1000)):
    size = np.array(rows)
    noise = np.random.default_rng(len(name)).standard_normal((200, 1)) * np.sqrt(error / tests)
    score = np.full(len(size), 1 - error)
    return Measured(name, family, size, score, score + noise, size / 100)


def foretold(tests, known, **more):
    """The outlook where a forest measures two points better than a network, on so many test rows."""
    pair = [measured("forest", "classical", 0.18, tests, **more), measured("network", "deep", 0.20, tests, **more)]
    options = {"rows": 1000, "bounds": (0.0, 1.0), "higher_is_better": True, "margin": 0.005}
    return forecast(pair, **options, leaning=known and Leaning(known, squared=False))


def test_a_forecast_follows_experience_on_few_test_rows_and_the_study_on_many():
    networks = experience(spread=0.1, level=(0.3, 0.2, -0.2), slope=(0, 0, 0))
    few, many, without = (foretold(*each)[1] for each in ((30, networks), (100_000, networks), (30, None)))
    assert few.probability(8000) > 0.7 > 0.5 > without.probability(8000)
    assert many.probability(1000) < 0.1
    assert few.best[-1] == "network"
    assert many.best[0] == "forest"
    assert few.experience == 12
    assert few.weight[0] > 0.5 > many.weight[0]
    assert without.experience == 0
    assert few.near["network"][-1] > 0.7 > 0.3 > few.near["forest"][-1]
    assert not any(without.weight)


def test_curves_are_the_contenders_own_whatever_experience_says():
    networks = experience(level=(0.3, 0.9, -0.9))
    assert foretold(30, networks)[0] == foretold(30, None)[0]


def test_with_experience_one_size_is_enough_to_say_who_leads():
    assert foretold(1000, None, rows=(1000,))[1] is None
    assert foretold(1000, experience(), rows=(1000,))[1] is not None
