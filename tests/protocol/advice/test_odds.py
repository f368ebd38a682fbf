"""Odds and paces: modest, bounded by what was on record, and honest about what they rest on."""

import dataclasses
import json

import pytest

from fathom import catalog
from fathom.protocol.advice import odds, paces
from fathom.protocol.advice.advice import Candidate
from fathom.protocol.advice.budget import MINUTES, command, minutes, needed, unmeasured
from fathom.protocol.request import Request

FITTED = {"intercept": 0.0, "signs": {"bent": {"weight": 1.0, "centre": 0.0, "scale": 0.5, "low": -0.5, "high": 0.5}}}


def test_the_probability_follows_the_signs():
    assert odds.told(FITTED, {"bent": 0.0}) == 0.5
    assert odds.told(FITTED, {"bent": 0.5}) == pytest.approx(0.731, abs=1e-3)
    assert odds.told(FITTED, {}) == 0.5


def test_beyond_what_is_on_record_nothing_is_added():
    assert odds.told(FITTED, {"bent": 9.0}) == odds.told(FITTED, {"bent": 0.5})


def test_no_certainty_beyond_a_twentieth():
    steep = {"intercept": -50.0, "signs": {}}
    assert odds.told(steep, {}) == odds.LEAST
    assert odds.told({**steep, "intercept": 50.0}, {}) == odds.MOST


def test_what_ships_says_what_it_rests_on():
    fitted = json.loads(odds.FILE.read_text("utf-8"))
    for counts in fitted["reads"].values():
        assert counts["sets"] == counts["deep"] + counts["tie"] + counts["classical"]
    assert fitted["sets"] + fitted["checked"]["sets"] == sum(counts["sets"] for counts in fitted["reads"].values())
    told = odds.odds({"image": 0.0})
    assert told.deep_better + told.ties + told.classical_better == told.like == fitted["reads"]["table"]["sets"]
    assert odds.odds({"image": 1.0}).pictures


LINEAR = ("logistic-regression", "ridge", "naive-bayes", "crf", "binary-relevance")
LINEAR += ("eigenfaces", "fisherfaces", "sliding-window", "principal-components", "linear-residuals")
LINEAR += ("theta", "ces", "seasonal-trend", "ets", "arima")
MEASURED = [  # no others yet
    row for row in catalog.TASKS if row.reads not in ("text", "events") and row.output in ("label", "number")
]


@pytest.mark.parametrize("row", MEASURED, ids=lambda row: row.name)
def test_every_slow_learner_of_a_task_has_a_pace_that_grows_with_rows(row):
    for learner in catalog.learners_for(row.name):
        if learner.name in paces.SLOW:
            few, many = (paces.seconds(learner.name, row.name, (rows, 64.0, 2.0)) for rows in (1_000.0, 20_000.0))
            assert 0 < few < many


def test_the_minutes_serve_the_slower_family_twice():
    def one(family, seconds, install=""):
        return Candidate("some", family, "", "", "good", "seconds", False, 0, "any", seconds, install)

    assert minutes([one("classical", 1.0), one("deep", 1.0)]) == 2
    long = minutes([one("classical", 1.0), one("deep", 240.0)])
    assert long == next(choice for choice in MINUTES if choice >= 2 * 255 * 2 / 0.9 / 60)
    assert minutes([one("classical", 1.0), one("deep", 240.0, "pip install it")]) == 1
    assert minutes([one("deep", 1e9)]) == MINUTES[-1] < needed([one("deep", 1e9)])


def test_of_networks_without_a_pace_nothing_is_known():
    def one(family, seconds, install=""):
        return Candidate("some", family, "", "", "good", "minutes", False, 0, "any", seconds, install)

    assert unmeasured([one("classical", None), one("deep", None)])
    assert not unmeasured([one("deep", None), one("deep", 9.0)])
    assert not unmeasured([one("classical", None)])
    assert not unmeasured([one("classical", None), one("deep", None, "pip install it")])


def test_the_command_asks_the_same_question():
    asked = Request("a b.csv", "y", "tabular-regression", group="who", drop=["p", "q"], kinds={"zip": "category"})
    assert command(asked, 2.0) == (
        "fathom compare 'a b.csv' --predict y --task tabular-regression --group who --drop p,q "
        "--kind zip=category --minutes 2"
    )
    assert command(Request({"y": [1]}, "y"), 0.5) == "fathom compare DATA --predict y --minutes 0.5"


@pytest.mark.parametrize("row", catalog.LEARNERS, ids=lambda row: row.name)
def test_the_cheat_sheet_counts_the_parameters_that_a_learner_has(row):
    settings = [field for field in dataclasses.fields(catalog.load(row.path)) if field.init]
    assert row.parameters == len(settings)
    assert row.linear == (row.name in LINEAR)
