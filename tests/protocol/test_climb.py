import itertools
import json
import time

import numpy as np
import polars as pl
import pytest

from fathom.errors import FathomError
from fathom.protocol.climb import affordable
from fathom.protocol.compare import compare
from fathom.protocol.schedule import Schedule
from fathom.protocol.study import Study
from fathom.store import Store

pytestmark = pytest.mark.xdist_group("climb")  # what is made once per module is made once

LEARNERS = ["logistic-regression", "nearest-neighbours", "feedforward"]


@pytest.fixture(scope="module")
def frame():
    """Four hundred rows, whose kind a ring of two numbers tells."""
    random = np.random.default_rng(0)
    x, y = random.normal(size=(2, 400))
    kind = np.where(np.hypot(x, y) + 0.1 * random.normal(size=400) < 1.2, "in", "out")
    return pl.DataFrame({"x": x, "y": y, "kind": kind})


@pytest.fixture(scope="module")
def study(frame, tmp_path_factory):
    news = []
    store = Store(tmp_path_factory.mktemp("store"))
    found = compare(frame, "kind", minutes=1.5, learners=LEARNERS, name="ring", store=store, progress=news.append)
    found.news = news
    return found


def test_every_contender_learned_samples_that_double(study):
    for learner in LEARNERS:
        rows = sorted({point.rows for point in study.points if point.learner == learner})
        assert rows[-1] == study.train_rows
        assert len(rows) >= 3
        assert all(abs(larger / smaller - 2) < 0.1 for smaller, larger in itertools.pairwise(rows))
    assert not any(point.learner == "baseline" for point in study.points)


def test_few_rows_are_drawn_several_times(study):
    half = study.train_rows // 2
    draws = {point.seed for point in study.points if point.learner == "nearest-neighbours" and point.rows == half}
    assert draws >= {0, 1, 2}


def test_the_points_of_all_rows_have_the_scores_of_the_trials(study):
    for point in study.points:
        if point.rows == study.train_rows:
            assert point.score == study.trial(point.learner).score


def test_curves_and_outlook_come_of_it(study):
    assert {curve.learner for curve in study.curves} == set(LEARNERS)
    for curve in study.curves:
        assert all(low <= middle <= high for low, middle, high in zip(curve.low, curve.middle, curve.high, strict=True))
        assert curve.rows[-1] == pytest.approx(64 * study.train_rows)
    assert study.outlook is not None
    assert 0 <= study.probability("deep", 2 * study.train_rows) <= 1
    deep = study.probability("deep", study.train_rows)
    assert study.probability("classical", study.train_rows) == pytest.approx(1 - deep)
    assert "Twice the rows would" in study.verdict.text


def test_what_the_curves_cannot_tell_is_refused(study):
    with pytest.raises(FathomError, match="beyond what the curves can tell"):
        study.probability("deep", 100 * study.train_rows)
    with pytest.raises(FathomError, match="no family"):
        study.probability("shallow", study.train_rows)


def test_the_record_keeps_them(study):
    loaded = Study.load(study.folder)
    assert (loaded.points, loaded.curves, loaded.outlook) == (study.points, study.curves, study.outlook)
    assert json.dumps(loaded.to_json()) == json.dumps(study.to_json())
    assert loaded.verdict == study.verdict


def test_samples_leave_no_files_behind(study):
    assert not (study.folder / "samples").exists()
    assert not list((study.folder / "data").glob("*order*"))


def test_progress_tells_on_how_many_rows(study):
    notes = {news.note for news in study.news if news.contender == "nearest-neighbours"}
    assert any("rows" in note for note in notes)


def test_without_curves_only_all_rows_are_learned(frame, tmp_path):
    study = compare(frame, "kind", minutes=1, learners=LEARNERS, store=Store(tmp_path), curves=False)
    assert len({each.family for each in study.trials if each.done}) == 2
    assert study.verdict.grown is None
    assert "times the rows" not in " ".join(study.verdict.notes)
    assert {point.rows for point in study.points} == {study.train_rows}
    assert not study.curves
    assert study.outlook is None
    with pytest.raises(FathomError, match="no learning curves"):
        study.probability("deep", study.train_rows)


@pytest.mark.parametrize(("seconds", "ladder"), [(1_000.0, [100, 200, 400, 800]), (60.0, [200, 800]), (20.0, [800])])
def test_with_little_time_samples_are_few_and_far_apart(seconds, ladder):
    schedule = Schedule(seconds, time.monotonic())
    schedule.open({"classical": 8})
    assert affordable(schedule, "classical", 8, [100, 200, 400, 800]) == ladder
