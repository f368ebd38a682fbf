"""The section on cost: the front, the table of costs, forecasts of training time, two devices, money."""

import html
import re
from dataclasses import replace

import pytest

from fathom.messages import choose
from fathom.report.evidence import Evidence
from fathom.report.sections import cost, costchart


@pytest.fixture
def study(make_study):
    """Gradient boosting and logistic regression stand on the front; feedforward scores less for more."""
    study = make_study(rows=400)
    scores = {"gradient-boosting": 0.92, "feedforward": 0.9, "logistic-regression": 0.85, "baseline": 0.33}
    for trial in study.trials:
        trial.score, trial.predict_ms_per_row = scores[trial.learner], 0.0
        trial.low, trial.high = trial.score - 0.02, trial.score + 0.02
        trial.latency_ms = {
            "row": {"p50": 0.4, "p99": 1.2, "calls": 312},
            "batch": {"p50": 0.003, "p99": 0.02, "calls": 1, "rows": 400},
        }
        trial.energy_wh, trial.energy_source = trial.fit_seconds / 150, "estimate"
        trial.hardware = {"device": "cpu", "threads": 2}
    return study


def page(study):
    return cost.body(Evidence(study))


def text(markup):
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", markup).split()))


def drawn(markup):
    """The wide drawing of the front: names written, and how many points its line joins."""
    chart = markup[markup.index('class="chart wide"') : markup.index('class="chart narrow"')]
    lines = re.findall(r'<polyline points="([^"]+)"', chart)
    return re.findall(r'class="name words[^"]*">([^<]+)<', chart), [len(line.split()) for line in lines], chart


def test_the_front_is_joined_and_named_and_the_others_are_pale(study):
    names, lines, chart = drawn(page(study))
    assert sorted(names) == ["gradient-boosting", "logistic-regression"]
    assert lines == [2]  # the baseline, cheapest of all, lies far off the chart
    assert chart.count("series muted deep") == 1
    assert "series muted classical" not in chart
    assert "The baseline (33.0 %) lies far off the chart" in page(study)


def test_x_is_what_the_verdict_calls_cost(study):
    trial = next(trial for trial in study.trials if trial.learner == "logistic-regression")
    trial.predict_ms_per_row = 1.0  # a hundred seconds for its hundred thousand rows
    names, _, chart = drawn(page(study))
    assert "gradient-boosting" in names
    assert "logistic-regression" not in names
    assert "cost 100 s" in chart
    assert "seconds to train once and to predict 100,000 rows" in page(study)


def test_families_are_told_in_the_reader_s_language(study):
    choose("ko")
    try:
        tips = re.findall(r'data-tip="([^"]+)"', page(study))
    finally:
        choose("en")
    assert any("(딥러닝)" in tip for tip in tips)
    assert not any("(deep)" in tip or "(classical)" in tip for tip in tips)


def test_lower_is_better_turns_the_front_over(make_study):
    study = make_study("tabular-regression", rows=400)
    for trial, score in zip(study.trials, (30.0, 20.0, 40.0, 90.0), strict=True):
        trial.score, trial.low, trial.high = score, score - 1, score + 1
        trial.predict_ms_per_row = 0.0
    assert sorted(drawn(page(study))[0]) == ["feedforward", "gradient-boosting", "logistic-regression"]


def test_latency_says_how_many_calls_it_comes_from(study):
    told = text(page(study))
    assert "0.4 ms 99 %: 1.2 ms (312 calls)" in told
    assert "0.003 ms 99 %: 0.02 ms (1 call)" in told
    assert "slowest stands for 99 %" in told


def test_energy_is_called_an_estimate_where_it_is_one(study):
    told = text(page(study))
    assert "0.014 Wh estimate" in told
    assert "0.533 mWh estimate" in told
    assert "times 12 W" in told
    assert "read off counters" not in told


def test_energy_off_counters_is_not_called_an_estimate(study):
    for trial in study.trials:
        trial.energy_source = "rapl"
    told = text(page(study))
    assert "0.014 Wh" in told
    assert "estimate" not in told
    assert "whatever else ran on it included" in told
    study.trials[1].energy_source, study.trials[0].energy_wh = "estimate + nvml", None
    assert "the processor's part estimated" in text(page(study))


def test_training_time_is_forecast_where_curves_tell_its_growth(study):
    told = text(page(study))
    assert "Forecast: training time with more rows" in told
    assert "64 × the rows" in told
    assert "gradient-boosting 1.1 2.1 s 4.5 s 9.6 s" in told  # 2.1 * 2 ** 1.1, 2.1 * 4 ** 1.1
    assert "cut short" not in told
    study.trials[1].hurried = True
    assert "feedforward cut short" in text(page(study))
    study.curves = []
    assert "Forecast" not in page(study)


def test_how_training_time_grows_is_not_told_where_samples_were_cut_short(make_study):
    study = make_study()
    network = next(each for each in study.curves if each.learner == "feedforward")
    study.curves = [replace(each, growth=None) if each is network else each for each in study.curves]
    html = str(cost.body(Evidence(study)))
    assert "How training time grows is not told of feedforward: fits were too quick to be timed, or cut short" in html


def test_the_other_device_is_told_and_called_extrapolated(study):
    deep = study.trials[1]
    assert "both devices" not in page(study)
    deep.hardware = {"device": "cuda", "name": "A card", "threads": 8}
    there = {"row": {"p50": 3.2, "p99": 9.0, "calls": 60}, "batch": {"p50": 0.11, "p99": 0.2, "calls": 4, "rows": 20}}
    deep.cost_on = {"cpu": {"latency_ms": there, "fit_seconds": 611.0, "fit_source": "extrapolated", "fit_steps": 40}}
    told = text(page(study))
    assert "feedforward A card, 8 threads 41.0 s 0.4 ms 0.003 ms" in told
    assert "feedforward processor 10 min 11 s extrapolated 3.2 ms 0.11 ms" in told
    deep.cost_on = {"cpu": {"latency_ms": there}}  # too short a run to tell
    assert "feedforward processor – 3.2 ms 0.11 ms" in text(page(study))


def test_money_is_told_where_an_hour_has_a_price(study):
    assert "an hour" not in page(study)
    study.settings["price_per_hour"] = 2.0
    for trial in study.trials:
        trial.predict_ms_per_row = 0.09
    told = text(page(study))
    assert "What the time costs, at 2 an hour" in told
    assert "feedforward 0.0228 0.05" in told
    assert "logistic-regression < 0.0001 0.05" in told


def test_what_was_not_measured_is_a_dash(make_study):
    told = text(page(make_study()))
    assert "feedforward 2 min 03 s 41.0 s – – –" in told


def test_without_a_score_there_is_no_chart(make_study):
    study = make_study()
    for trial in study.trials:
        trial.status = "failed"
    assert "No contender finished" in page(study)
    assert costchart.chart(Evidence(study), [], "cost", str, "") is None


def test_a_name_keeps_off_the_line_of_the_front():
    boxes = costchart._beads((0.0, 0.0), (100.0, 50.0))
    assert boxes[0] == (-2, -2, 2, 2)
    assert boxes[-1] == (98, 48, 102, 52)


def test_hardware_stands_in_the_caption_where_it_is_the_same_for_all(make_study):
    study = make_study()
    for trial in study.trials:
        trial.hardware = {"device": "cpu", "threads": 2}
    told = text(page(study))
    assert "What each contender costs on this machine (processor, 2 threads)" in told
    study.trials[0].hardware = {"device": "cuda", "threads": 2, "name": "a card"}
    told = text(page(study))
    assert "What each contender costs on this machine contender" in told
    assert "a card, 2 threads" in told
