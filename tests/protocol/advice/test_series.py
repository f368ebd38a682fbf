"""Advice on series before training: what they are, what repeats itself, and what quick looks reach."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import fathom
from fathom import catalog
from fathom.errors import FathomError
from fathom.protocol.advice import series_facts
from fathom.protocol.advice.series_said import HOURS, WEEKS

RESULTS = Path(__file__).parents[3] / "benchmarks" / "RESULTS.md"
DAYS = pl.date_range(pl.date(2023, 1, 1), pl.date(2024, 2, 4), "1d", eager=True)


def shops(count=3, seed=0, week=5.0, noise=1.0):
    """Series with a week, and noise that only a mean gets rid of."""
    random = np.random.default_rng(seed)
    at = np.arange(len(DAYS))
    frames = []
    for shop in range(count):
        values = 50 + 10 * shop + week * np.sin(2 * np.pi * at / 7) + noise * random.normal(size=len(at))
        frames.append(pl.DataFrame({"shop": f"s{shop}", "day": DAYS, "sold": values}))
    return pl.concat(frames)


def test_series_with_a_season_are_told_of():
    found = fathom.advise(shops(), "sold", horizon=14, series=["shop"])
    facts = found.series
    assert (found.task, found.predict) == ("forecasting", "sold")
    assert (facts.series, facts.values, facts.shortest, facts.longest) == (3, 1200, 400, 400)
    assert (facts.step, facts.ahead, facts.season, facts.short) == ("1d", 14, 7, 0)
    assert facts.strength > 0.8
    assert (found.expected, found.odds, found.probability) == ("unknown", None, None)
    assert found.probes.best.closer > 0.2  # a mean of seasons is closer than the last one
    assert found.probes.best.deviations > 2.25
    assert found.probes.last.closer < -0.5
    assert found.text[0].startswith("Which family will be in front is open")
    assert "repeat themselves after 7 steps" in str(found)
    tried = [row.name for row in catalog.learners_for("forecasting") if row.contender]
    assert ["baseline", *(each.learner for each in found.learners)] == tried
    assert all(each.why for each in found.learners)
    assert not any("picture" in each.why or "text" in each.why for each in found.learners)
    assert found.command == "fathom compare DATA --predict sold --horizon 14 --series shop --minutes 5"
    assert json.loads(json.dumps(found.to_json()))["series"]["strength"] == facts.strength


def test_nothing_is_expected_of_a_random_walk():
    steps = np.random.default_rng(3).normal(size=(3, 400)).cumsum(axis=1) + 100
    data = shops().with_columns(sold=pl.Series(steps.ravel()))
    found = fathom.advise(data, "sold", horizon=7, series=["shop"])
    assert found.expected == "nothing"
    assert str(found).startswith("Expect that nothing beats the last value over again")
    assert found.series.strength is None
    assert found.to_json()["odds"] is None


def test_what_a_study_tests_on_is_not_looked_at():
    data = shops(1)
    late = data.with_columns(sold=pl.when(pl.int_range(pl.len()) >= 330).then(9e6).otherwise("sold"))
    one, other = (fathom.advise(each, "sold", horizon=7, season=7) for each in (data, late))
    assert one.probes == other.probes
    assert one.series.strength == other.series.strength
    early = data.with_columns(sold=pl.when(pl.int_range(pl.len()) == 300).then(9e3).otherwise("sold"))
    assert fathom.advise(early, "sold", horizon=7, season=7).probes != one.probes


def test_gaps_and_short_series_are_counted():
    data = shops(3).filter((pl.col("shop") != "s2") | (pl.col("day") < pl.date(2023, 1, 12)))
    data = data.filter((pl.col("shop") != "s0") | (pl.col("day").dt.day() != 15))
    found = fathom.advise(pl.concat([data, data[:2]]), "sold", horizon=14, series=["shop"])
    assert found.series.shortest == 11
    assert found.series.doubled == 2
    assert found.series.short == 1
    assert found.series.gaps == pytest.approx(13 / 811)
    assert any("share their series and step" in each.what for each in found.findings)


def test_a_short_history_is_answered_and_a_hopeless_one_refused():
    found = fathom.advise(shops(1).head(20), "sold", horizon=4)
    assert found.expected == "unknown"
    assert "told from chance" in str(found) or "No quick look" in str(found)
    with pytest.raises(FathomError, match="too few to train"):
        fathom.advise(shops(1).head(9), "sold", horizon=4)


def test_a_constant_series_has_no_looks():
    found = fathom.advise(shops(1).with_columns(sold=pl.lit(3.0)), "sold", horizon=7)
    assert found.probes is None
    assert "No quick look was possible" in str(found)


def test_one_series_many_times_over_is_no_proof():
    one = shops(1)
    same = pl.concat(
        [one.with_columns(pl.lit(f"c{n}").alias("shop"), sold=pl.col("sold") * (n + 1)) for n in range(25)]
    )
    probes = fathom.advise(same, "sold", horizon=14, series=["shop"]).probes
    assert [each.deviations for each in probes.all] == [0.0, 0.0, 0.0]
    assert probes.theta.closer > 0.1


def test_of_many_series_some_are_looked_at(monkeypatch):
    monkeypatch.setattr(series_facts, "MOST_SERIES", 4)
    found = fathom.advise(shops(9), "sold", horizon=14, series=["shop"])
    assert (found.series.series, found.series.looked, found.series.values) == (9, 4, 3600)


def test_a_wide_table_and_the_task_alone():
    wide = shops().pivot("shop", index="day", values="sold")
    found = fathom.advise(wide, "value", task="forecasting", minutes=2)
    assert (found.series.series, found.series.ahead) == (3, 28)
    assert found.command == "fathom compare DATA --predict value --task forecasting --minutes 2"


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ({"horizon": 0}, "makes no sense"),
        ({"horizon": 7, "series": ["shop"], "known": ["price"]}, "no column 'price'"),
        ({"horizon": 7, "task": "tabular-regression"}, "is for forecasts"),
        ({"horizon": 7, "drop": ["sold"]}, "both predicted and dropped"),
    ],
)
def test_mistakes_are_told(asked, what):
    with pytest.raises(FathomError, match=what):
        fathom.advise(shops(), "sold", **asked)


def test_what_is_quoted_stands_among_the_results():
    text = RESULTS.read_text("utf-8")
    classical, deep = text.split("## Classical forecasts")[1].split("## Networks on series")
    for name, quoted in (("ETTh1", HOURS), ("M4", WEEKS)):
        simple = first_figures(classical[classical.index(f"### {name}") :])
        errors = [each for learner, each in simple.items() if "statsforecast" not in learner]
        networks = first_figures(deep[deep.index(f"\n{name}") :])
        assert (min(errors), min(networks.values()), simple["baseline"]) == quoted


def first_figures(text):
    """The first figure of each row of the first table in a text, by the row's name."""
    rows = [line.split("|") for line in text[text.index("| ---") :].split("\n\n")[0].splitlines()[1:]]
    return {cells[1].strip(): float(cells[2]) for cells in rows}
