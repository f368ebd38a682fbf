import itertools
import re
from dataclasses import replace

import pytest

from fathom.messages import choose
from fathom.protocol.curves.curve import Outlook, Point
from fathom.report import render
from fathom.report.evidence import Evidence
from fathom.report.sections import curves, outlook
from fathom.report.sections.curvechart import Drawing

TASKS = ["tabular-classification", "tabular-regression", "image-classification"]


def section(study):
    return str(curves.body(Evidence(study)))


@pytest.mark.parametrize("task", TASKS)
def test_it_draws_points_lines_bands_and_the_crossing(make_study, task):
    study = make_study(task)
    html = section(study)
    wide = html.split('class="chart wide"')[1].split("</svg>")[0]
    assert wide.count('class="series') == len(study.curves)
    assert wide.count('class="band') == 2  # one for the best of each family
    assert wide.count("forecast") == len(study.curves) + 1  # dashed lines, and the word above them
    assert 'class="crossing"' in wide
    assert f"{study.train_rows} rows" in wide
    assert "hollow" in wide  # the network used up its time


def test_the_reading_tells_of_no_curve_that_does_not_reach_so_far(make_study):
    study = make_study()
    known = study.curves[0]  # of gradient-boosting, the best: now it was measured on half of the rows at least
    late = [at for at, rows in enumerate(known.rows) if rows >= study.train_rows / 2]
    parts = {name: [getattr(known, name)[at] for at in late] for name in ("rows", "middle", "low", "high")}
    study.curves[0] = replace(known, **parts)
    tips = re.findall(r'data-tip="([^"]+)"', section(study))
    assert any(tip.startswith("100 rows") for tip in tips)
    assert not any(tip.startswith("100 rows") and "gradient-boosting" in tip for tip in tips)
    assert any("gradient-boosting" in tip for tip in tips)


def test_the_reading_tells_both_families_and_the_odds(make_study):
    html = section(make_study())
    tip = next(tip for tip in re.findall(r'data-tip="([^"]+)"', html) if tip.startswith("1,600 rows (×4)"))
    assert re.search(r"classical: gradient-boosting \d\d\.\d % \(\d\d\.\d to \d\d\.\d %\)", tip)
    assert "deep: feedforward" in tip
    assert "deep ahead: 49 %" in tip
    choose("ko")
    try:
        tips = re.findall(r'data-tip="([^"]+)"', section(make_study()))
    finally:
        choose("en")
    assert any("딥러닝: feedforward" in tip for tip in tips)
    assert not any("classical:" in tip or "deep:" in tip for tip in tips)


def test_in_words(make_study):
    html = section(make_study())
    assert "Classical leads with the rows there are, with a probability of 92 %" in html
    assert "change hands at about 1,700 rows (90 % interval 640 rows to more than 64 times the rows" in html
    gaining = "gradient-boosting is probably sampling-limited: twice the rows are expected to better its score by +"
    assert gaining in html


def test_a_lead_that_stays(make_study):
    study = make_study()
    study.outlook = Outlook([400, 25_600], [0.001, 0.2], [0.0, 0.1], 0.2, None)
    html = section(study)
    assert "with a probability of more than 99 %" in html
    assert "not expected to change hands within 64 times the rows (probability that it does: 20 %)" in html
    assert 'class="crossing"' not in html


@pytest.mark.parametrize(("hurried", "why"), [(False, "double descent"), (True, "used up its time")])
def test_a_dip_is_said_with_its_numbers(make_study, hurried, why):
    study = make_study()
    curve = study.curves[2]
    object.__setattr__(curve, "shape", "peaking")
    study.points = [point for point in study.points if point.learner != curve.learner]
    study.points += [
        Point(curve.learner, "classical", rows, 0, score, 1.0, 0.1, hurried=hurried)
        for rows, score in [(25, 0.6), (50, 0.7), (100, 0.5), (400, 0.9)]
    ]
    html = section(study)
    assert "70.0 % with 50 rows, then 50.0 % with 100" in html
    assert why in html


def test_one_family_has_no_outlook(make_study):
    study = make_study(learners=[("gradient-boosting", "classical", 0.9, 1.0)])
    html = section(study)
    assert "No deep contender was measured, so there is no forecast of which family leads." in html
    assert "too few sizes" not in html
    assert "Is deep ahead?" not in html


def test_who_leads_is_open_where_the_test_rows_surely_say_otherwise(make_study):
    study = make_study()
    leads = study.outlook.deep_ahead[0] > 0.5
    study.verdict = replace(study.verdict, ahead="classical" if leads else "deep")
    assert "it is open which family leads" in section(study)
    study.verdict = replace(study.verdict, ahead=None)
    assert "it is open which family leads" not in section(study)


def test_all_rows_alone_foretell_nothing(make_study):
    study = make_study()
    study.curves, study.outlook = [], None
    study.points = [point for point in study.points if point.rows == study.train_rows]
    assert "No contender was measured on fewer rows than all of them." in section(study)


def test_points_without_curves_are_still_drawn(make_study):
    study = make_study()
    study.curves, study.outlook = [], None
    html = section(study)
    assert html.count('class="series') == 2 * len({point.learner for point in study.points})
    assert "too few sizes" in html


def test_a_study_without_curves_is_told_so(make_study):
    study = make_study(curves=False)
    assert "No contender was measured on fewer rows" in section(study)
    assert "there is no curve over fewer rows" in render(study)


def test_a_far_off_contender_does_not_press_the_best_together(make_study):
    study = make_study("tabular-regression")
    for position, each in enumerate(study.points):
        if each.learner == "logistic-regression":
            study.points[position] = Point(each.learner, each.family, each.rows, each.seed, 1e6, 1.0, 0.1)
    drawing = Drawing.of(Evidence(study).growth)
    assert drawing.high < 200


def test_names_at_the_ends_of_lines_do_not_cover_each_other(make_study):
    html = section(make_study())
    wide = html.split('class="chart wide"')[1].split("</svg>")[0]
    heights = sorted(float(y) for y in re.findall(r'y="([\d.]+)" class="name end', wide))
    assert len(heights) >= 3
    assert all(higher - lower >= 12.9 for lower, higher in itertools.pairwise(heights))


def test_the_table_says_shape_and_need(make_study):
    html = section(make_study())
    assert "rising: sampling-limited" in html
    assert "1,200 rows" in html


def test_rows_are_rounded_as_estimates_are():
    assert outlook.rows(9_960_000) == "10,000,000 rows"


def test_rows_are_counted_once_in_korean(make_study, monkeypatch):
    """A number of rows is a phrase of its own, and stands within others."""
    monkeypatch.setenv("FATHOM_LANGUAGE", "ko")
    told = render(make_study())
    assert "개 행" in told
    assert "행개" not in told
