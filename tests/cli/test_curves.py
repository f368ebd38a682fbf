import numpy as np
import pytest

from fathom.cli import output
from fathom.cli.curves import COLOURS, HEIGHT, Canvas, curve_plot, drawn
from fathom.protocol.curves.curve import Curve, Point
from fathom.protocol.study import Study, Trial, Verdict
from fathom.report.evidence import Evidence
from fathom.report.growth import FAMILIES
from fathom.tasks.problem import Problem

SIZES = (25, 50, 100, 200, 400)
CONTENDERS = (("gradient-boosting", "classical", 0.9, 0.3), ("feedforward", "deep", 0.97, 0.7))


def growing(learner, family, ceiling, depth):
    """Points at the sizes and a curve to 64 times the largest."""
    sizes = np.geomspace(SIZES[0], 64 * SIZES[-1], 20)
    points = [Point(learner, family, at, 0, ceiling - depth * (at / 25) ** -0.4, 1.0, 0.1) for at in SIZES]
    middle = ceiling - depth * (sizes / 25) ** -0.4
    told = (sizes.tolist(), middle.tolist(), (middle - 0.01).tolist(), (middle + 0.01).tolist())
    return points, Curve(learner, family, *told, "rising", ceiling, None, (0.01, 0.0, 0.02))


@pytest.fixture
def study(tmp_path):
    problem = Problem("tabular-classification", "plan", (), ("basic", "gold"))
    study = Study("customers", tmp_path, problem.task, problem, "accuracy", 600, 400, 80, 120)
    study.verdict = Verdict("gradient-boosting", "classical", False, "Use classical.")
    for learner, family, ceiling, depth in CONTENDERS:
        points, curve = growing(learner, family, ceiling, depth)
        study.trials.append(Trial(learner, family, score=points[-1].score))
        study.points += points
        study.curves.append(curve)
    return study


def lines(study):
    growth = Evidence(study).growth
    return growth, [growth.best(family) for family in FAMILIES]


@pytest.mark.parametrize("columns", [44, 60, 76, 200])
@pytest.mark.parametrize("plain", [False, True])
def test_it_is_no_wider_than_asked(study, columns, plain):
    text = drawn(*lines(study), min(columns, 76), plain=plain, coloured=False)
    assert max(map(output.width, text.splitlines())) <= columns
    assert text.isascii() or not plain
    assert len(text.splitlines()) >= HEIGHT + 3


def test_both_families_are_marked_and_named(study):
    text = curve_plot(study, 80)
    assert "● classical: gradient-boosting" in text
    assert "◆ deep: feedforward" in text
    assert text.count("●") >= 4
    assert text.count("◆") >= 4
    assert "400 rows" in text
    assert "25,600" in text


def test_letters_stand_for_families_where_only_ascii_is_shown(study, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "linux")
    monkeypatch.setenv("NO_COLOR", "1")
    text = curve_plot(study, 80)
    assert text.isascii()
    assert "C classical" in text
    assert text.count("d") > 10


def test_colours_only_where_asked_for(study):
    assert COLOURS["deep"] in drawn(*lines(study), 60, plain=False, coloured=True)
    assert "\x1b" not in drawn(*lines(study), 60, plain=False, coloured=False)


def test_without_curves_or_room_there_is_none(study):
    assert curve_plot(study, 30) == ""
    study.curves = []
    assert curve_plot(study, 80) == ""


def test_dots_share_a_cell():
    canvas = Canvas(2, 1, plain=False)
    canvas.dot(0.0, 0.0, "deep")
    canvas.dot(0.34, 1.0, "deep")
    assert canvas.rows(coloured=False) == [chr(0x2800 + 0x01 + 0x80)]
