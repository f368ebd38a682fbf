import time

import pytest

from fathom.protocol.schedule import Schedule


def opened(seconds=100.0, **waiting):
    schedule = Schedule(seconds, time.monotonic())
    schedule.open(waiting)
    return schedule


def test_both_families_get_the_same_time():
    schedule = opened(classical=3, deep=2)
    assert schedule.budgets["classical"] == schedule.budgets["deep"]
    assert schedule.limit("classical") * 3 == pytest.approx(schedule.limit("deep") * 2)


def test_many_contenders_do_not_make_the_shares_too_small_to_finish():
    schedule = opened(classical=10)
    for _ in range(4):
        assert schedule.limit("classical") == pytest.approx(94 / 4, abs=0.1)
        schedule.ended("classical", 94 / 4)
    assert schedule.limit("classical") < 0.1


def test_a_family_alone_gets_all():
    assert opened(classical=1).limit("classical") == pytest.approx(100 - 6, abs=0.1)


def test_unused_time_goes_to_later_contenders_of_the_same_family():
    schedule = opened(classical=3, deep=1)
    before = schedule.limit("deep")
    share = schedule.limit("classical")
    schedule.ended("classical", 0.0)
    assert schedule.limit("classical") == pytest.approx(share * 3 / 2)
    assert schedule.limit("deep") == before
    schedule.ended("classical", schedule.limit("classical") * 2)
    assert schedule.limit("classical") < share


def test_start_up_counts():
    schedule = Schedule(100.0, time.monotonic() - 50)
    schedule.open({"classical": 1})
    assert schedule.limit("classical") == pytest.approx(44, abs=0.1)
    assert Schedule(10.0, time.monotonic() - 50).left() < 0


def test_time_spent_before_a_stop_counts():
    schedule = Schedule(100.0, time.monotonic())
    schedule.open({"classical": 0, "deep": 1}, {"classical": 40.0, "deep": 10.0})
    assert schedule.limit("deep") == pytest.approx(94 / 2 - 10, abs=0.1)


def test_what_may_overrun_stays_within_a_tenth():
    for seconds in (30.0, 60.0, 300.0, 3600.0):
        schedule = Schedule(seconds, time.monotonic())
        assert schedule.grace <= 0.05 * seconds
        assert schedule.afterwards >= schedule.grace


def test_samples_take_a_third_of_their_familys_time_at_most():
    schedule = opened(classical=2, deep=2)
    ladder = [100, 200, 400, 800]
    spent = 0.0
    for position, rows in enumerate(ladder):
        for waiting in (2, 1):
            seconds = schedule.sample_limit("deep", rows, [rows] * waiting + ladder[position + 1 :] * 2)
            schedule.took("deep", seconds)
            spent += seconds
    assert spent == pytest.approx(schedule.share / 3, abs=0.1)
    assert schedule.sample_limit("deep", 800, [800]) == 0.0
    assert schedule.limit("deep") == pytest.approx(schedule.share / 3, abs=0.1)


def test_larger_samples_get_more():
    schedule = opened(classical=1)
    assert schedule.sample_limit("classical", 400, [400, 100]) == pytest.approx(
        2 * schedule.sample_limit("classical", 100, [400, 100])
    )


def test_a_contender_gets_what_the_others_will_not_need():
    schedule = opened(classical=5)
    assert schedule.limit("classical", 10.0) == pytest.approx(94 - 10, abs=0.1)
    assert schedule.limit("classical", 90.0) == pytest.approx(94 / 4, abs=0.1)


def test_who_leads_on_samples_gets_half_of_what_is_left():
    schedule = opened(classical=5)
    assert schedule.limit("classical", 90.0, leads=True) == pytest.approx(94 / 2, abs=0.1)
    assert schedule.limit("classical", 10.0, leads=True) == pytest.approx(94 - 10, abs=0.1)


def test_samples_share_their_time_by_the_root_of_their_size():
    schedule = opened(classical=1)
    share = schedule.sample_share("classical", 100, [100, 400])
    assert share == pytest.approx(94 / 3 / 3, abs=0.1)
    assert schedule.sample_limit("classical", 100, [100, 400]) == pytest.approx(share, abs=0.1)
