import numpy as np

from fathom.protocol.curves.crossing import crossings, outlook

ROWS = np.array([100.0, 200.0, 400.0, 800.0])


def test_the_change_of_lead_that_lasts_counts():
    ahead = np.array(
        [[-3.0, -2.0, -1.0, 1.0], [-1.0, 1.0, -1.0, 1.0], [-1.0, 1.0, 1.0, -1.0], [-1.0, -2.0, -3.0, -4.0]]
    )
    assert crossings(ahead, ROWS).round(3).tolist() == [565.685, 565.685, np.inf, np.inf]


def test_who_leads_at_first_is_what_most_draws_say():
    ahead = np.array([[-1.0, 1.0, 1.0, 1.0]] * 3 + [[1.0, 1.0, 1.0, 1.0]])
    assert crossings(ahead, ROWS).round(3).tolist() == [141.421] * 3 + [100.0]


def test_a_crossing_is_told_only_where_the_other_is_probably_ahead_in_the_end():
    random = np.random.default_rng(0)
    ahead = -0.2 + np.cumsum(random.normal(size=(2_000, 4)), axis=1)
    told = outlook(ahead, ahead, ROWS, 0.5)
    assert (told.crossing is None) == (told.deep_ahead[-1] < 0.5)
    assert told.crosses == told.deep_ahead[-1]


def test_a_median_that_never_crosses_leaves_no_crossing():
    ahead = np.array([[-1.0, -1.0, -1.0, 1.0]] * 2 + [[-1.0] * 4] * 8)
    told = outlook(ahead, ahead, ROWS, 0.5)
    assert told.crosses == 0.2
    assert told.crossing is None
    assert told.deep_ahead == [0, 0, 0, 0.2]


def test_an_interval_may_be_open_towards_more_rows():
    ahead = np.array([[-1.0, 1.0, 1.0, 1.0]] * 6 + [[-1.0] * 4] * 4)
    told = outlook(ahead, ahead, ROWS, 2.0)
    assert [None if each is None else round(each) for each in told.crossing] == [141, 141, None]
    assert told.deep_wins == [0, 0, 0, 0]


def test_who_leads_at_first_is_who_is_said_to_lead():
    """Expected scores may favour one family by a hair, single trained models the other."""
    ahead = np.array([[0.1, -1.0, -1.0, -1.0]] * 6 + [[-0.1, -1.0, -1.0, -1.0]] * 4)
    told = outlook(ahead, -np.abs(ahead), ROWS, 0.5)
    assert told.deep_ahead[0] == 0
    assert told.crosses == 0
