import numpy as np
import pytest

from fathom.protocol.curves.noise import gather, grain, plausible, seed_noise


def bootstrapped(generator, wrong, tests, resamples=400):
    """The loss measured, and on resamples of the test rows."""
    share = wrong / tests
    return np.array([share]), generator.binomial(tests, share, (resamples, 1)) / tests


@pytest.mark.parametrize("mean", [3, 5, 20])
def test_few_wrong_test_rows_are_told_with_their_skew(mean):
    generator = np.random.default_rng(mean)
    tests, inside, beyond = 1000, [], []
    for wrong in generator.binomial(tests, mean / tests, 400):
        loss, draws = bootstrapped(generator, wrong, tests)
        low, high = np.quantile(loss + plausible(loss, draws, 1 / tests)[:, 0], [0.05, 0.95])
        inside.append(low <= mean / tests <= high)
        beyond.append(high < mean / tests)
    assert 0.84 <= np.mean(inside) <= 0.97
    assert np.mean(beyond) <= 0.1


def test_the_loss_of_one_wrong_test_row_is_told_by_the_draws():
    generator = np.random.default_rng(0)
    loss, draws = zip(*(bootstrapped(generator, wrong, 500) for wrong in (5, 10, 20)), strict=True)
    assert grain(loss, draws) == pytest.approx(1 / 500, rel=0.2)
    assert grain([np.zeros(1)], [np.zeros((10, 1))]) == 0


def contender(generator, spread, repeats, sizes=(100, 200, 400)):
    rows = np.repeat(sizes, repeats).astype(float)
    loss = 0.2 * (1 + spread * (rows / rows.max()) ** -0.25 * generator.standard_normal(len(rows)))
    return gather(rows, loss, loss + np.zeros((20, 1)), 0.001)


def test_the_seeds_noise_is_told_by_repeats_and_borrowed_where_there_are_few():
    generator = np.random.default_rng(0)
    steady, wild = contender(generator, 0.01, 12), contender(generator, 0.1, 12)
    alone = contender(generator, 0.1, 1)
    (low, _), (high, _), (borrowed, _) = seed_noise([steady, wild, alone])
    assert low < 0.03
    assert 0.07 < high < 0.13
    assert low < borrowed < high
    assert seed_noise([alone])[0][0] == pytest.approx(0.03)


def test_what_the_test_rows_explain_is_not_told_to_be_the_seeds():
    generator = np.random.default_rng(0)
    rows = np.repeat([100.0, 200.0, 400.0], 8)
    noise = generator.standard_normal((201, len(rows)))
    loss = 0.2 + 0.02 * noise[0]
    told = seed_noise([gather(rows, loss, loss + 0.02 * noise[1:], 0.001)])[0][0]
    assert told < 0.05
