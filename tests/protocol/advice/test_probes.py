"""Probes: each sees the kind of effect that it is there for, and none sees anything in chance."""

import numpy as np
import polars as pl
import pytest

from fathom.data.read import read
from fathom.protocol.advice.probes import SURE, probe
from fathom.protocol.posing import posed
from fathom.protocol.request import Request


def probed(columns, target="y", seed=0, **asked):
    dataset = read(columns)
    request = Request(columns, target, **asked)
    return probe(dataset, posed(dataset, request)[1], seed=seed)


def numbers(rows=1_500, count=3, seed=0):
    random = np.random.default_rng(seed)
    return random, {f"x{i}": random.uniform(-1, 1, rows) for i in range(count)}


def test_effects_that_add_up_are_seen_by_the_weighted_sum():
    random, x = numbers()
    found = probed({**x, "y": x["x0"] + 2 * x["x1"] + random.normal(0, 0.5, 1_500)})
    assert found.best.name == "linear"
    assert found.linear.explained == pytest.approx(1.67 / 1.92, abs=0.03)  # variance of the sum over that of y


def test_smooth_effects_that_do_not_add_up_are_seen_by_similar_rows():
    _, x = numbers(count=2)
    found = probed({**x, "y": np.where(x["x0"] * x["x1"] > 0, "same", "other")})
    assert found.nearest.explained > 0.8
    assert found.linear.deviations < SURE


def test_thresholds_among_columns_that_say_nothing_are_seen_by_the_tree():
    _, x = numbers(count=12)
    found = probed({**x, "y": np.floor(4 * (x["x0"] + 1)) % 2 + 2.0 * (x["x1"] > 0.3) + x["x2"] * 1e-3})
    assert found.best.name == "tree"
    assert found.tree.explained > found.nearest.explained + 0.3


def test_chance_is_rarely_taken_for_a_signal():
    told = 0
    for seed in range(20):
        random, x = numbers(rows=300, seed=seed)
        told += probed({**x, "y": random.choice(["up", "down"], 300)}, seed=seed).telling
    assert told <= 2  # expected: one in forty


def test_rows_of_a_group_do_not_help_each_other():
    random = np.random.default_rng(0)
    who = np.repeat(np.arange(60), 20)
    x = random.normal(size=(60, 2))[who] + random.normal(0, 0.01, (1_200, 2))
    answer = random.choice(["yes", "no"], 60)[who]
    columns = {"a": x[:, 0], "b": x[:, 1], "who": [f"p{i}" for i in who], "y": answer}
    assert probed(columns).nearest.explained > 0.9  # each row has its like among the others
    assert not probed(columns, group="who").telling


def test_by_time_the_latest_rows_are_guessed_from_those_before():
    rows = np.arange(800)
    random = np.random.default_rng(0)
    columns = {"t": rows.astype(float), "x": random.normal(size=800), "y": np.where(rows < 600, 0.0, 5.0) + rows * 1e-6}
    assert probed(columns).tree.explained > 0.9
    assert probed(columns, time="t").tree.explained < 0.1  # nothing before tells of what began later


def test_too_few_rows_are_not_looked_at():
    assert probed({"x": [1.0, 2.0, 3.0], "y": [1.5, 2.5, 3.25]}) is None


def test_a_label_of_one_row_and_an_empty_cell_do_no_harm():
    _, x = numbers(rows=200, count=2)
    label = ["a", *["b" if value > 0 else "c" for value in x["x0"][1:]]]
    frame = pl.DataFrame({**x, "y": label}).with_columns(pl.when(pl.col("x1") > 0.9).then(None).otherwise("x1"))
    assert probed(frame).telling
