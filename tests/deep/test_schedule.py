"""The plan of a training."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fathom.deep.schedule import Plan


def test_the_rate_rises_stays_and_falls_to_nearly_nothing():
    plan = Plan(steps=1000, warmup=0.1, decay=0.2)
    rates = [plan.rate(step) for step in range(1000)]
    assert rates[:100] == sorted(rates[:100])
    assert set(rates[100:800]) == {1.0}
    assert rates[800:] == sorted(rates[800:], reverse=True)
    assert rates[-1] == pytest.approx(0.005)


@given(st.integers(1, 5000), st.floats(0, 1), st.floats(0.01, 1))
def test_a_rate_is_a_share_and_never_zero_before_the_end(steps, warmup, decay):
    plan = Plan(steps, warmup, decay)
    assert all(0 < plan.rate(step) <= 1 for step in range(0, steps, max(1, steps // 50)))
    assert plan.rate(steps) == 0


@given(st.integers(1, 5000), st.floats(0, 1), st.floats(0, 1000), st.floats(1e-4, 10))
def test_a_plan_only_gets_shorter_and_never_ends_in_the_past(steps, done, seconds, pace):
    plan = Plan(steps)
    step = int(done * steps)
    plan.fit(step, seconds, pace)
    assert step <= plan.steps <= steps
    assert plan.steps == steps or (plan.steps - step) * pace <= seconds * (1 + 1e-9)  # sums of floats are not exact


def test_a_plan_without_a_deadline_stays():
    plan = Plan(100)
    plan.fit(10, math.inf, 0.1)
    assert plan.steps == 100


def test_the_rate_has_decayed_at_the_end_of_a_shortened_plan():
    plan = Plan(steps=1000, decay=0.5)
    plan.fit(step=100, seconds=10, pace=0.1)
    assert plan.steps == 200
    assert plan.rate(199) < 0.02


def test_a_plan_shortened_in_a_slow_moment_grows_again_but_not_late_nor_beyond_what_was_wanted():
    plan = Plan(1_000)
    plan.fit(step=10, seconds=10, pace=0.1)
    assert plan.steps == 110
    plan.fit(step=20, seconds=30, pace=0.1)
    assert plan.steps == 320
    plan.fit(step=300, seconds=1_000, pace=0.1)  # nearly at its end
    assert plan.steps == 320
    plan.fit(step=100, seconds=1_000, pace=0.1)
    assert plan.steps == 1_000
