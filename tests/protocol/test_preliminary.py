"""What a study says that was stopped before anybody had learned all rows."""

import json
import re

import numpy as np
import polars as pl
import pytest

import fathom
from fathom.errors import StoreError
from fathom.protocol import races
from fathom.protocol.study import Study
from fathom.report import write

LEARNERS = ["logistic-regression", "nearest-neighbours"]


@pytest.fixture
def cut(tmp_path, monkeypatch):
    """A function: a study whose contenders learn samples alone, for something happens when they get all rows."""
    random = np.random.default_rng(0)
    x = random.normal(size=(600, 3))
    frame = pl.DataFrame(x, schema=["a", "b", "c"]).with_columns(
        kind=pl.Series(np.where(x[:, 0] + 0.3 * random.normal(size=600) > 0, "yes", "no"))
    )

    def study(happens=None, at=None):
        attempt = races.Race.attempt

        def until_all_rows(race, contender, seconds, rung=None):
            if happens and (contender.name == at if at else rung is None and contender.name != "baseline"):
                return happens()
            return attempt(race, contender, seconds, rung)

        with monkeypatch.context() as patched:
            patched.setattr(races.Race, "attempt", until_all_rows)
            options = {
                "minutes": 0.3,
                "learners": [*LEARNERS, *([at] if at else [])],
                "store": tmp_path / "store",
                "name": "cut",
            }
            return fathom.compare(frame, "kind", **options)

    return study


def stop():
    raise KeyboardInterrupt


def late():
    return {"status": "timed out", "message": "no time was left for it"}


def test_the_best_so_far_is_told_and_called_preliminary(cut, tmp_path):
    study = cut(stop)
    verdict = study.verdict
    assert study.status == "interrupted"
    assert verdict.preliminary
    assert verdict.learner in LEARNERS
    assert verdict.beats_baseline
    assert re.match(r"Preliminary, for it was stopped when nobody had learned more than \d+ of the 390 ", verdict.text)
    assert f"Use classical: {verdict.learner}, with accuracy" in verdict.text
    assert "the same command goes on with it" in verdict.notes[0]
    assert study.model is None
    assert {each.learner for each in study.points} == set(LEARNERS)
    with pytest.raises(StoreError, match="No contender was trained to the end"):
        _ = study.best
    again = Study.load(study.folder)
    assert again.verdict == verdict
    assert json.loads(json.dumps(again.to_json()))["verdict"]["preliminary"] is True
    page = write(again, tmp_path / "report.html").read_text("utf-8")
    assert "A preliminary verdict" in page
    assert " of baseline, 95 % interval" not in page

    again.seconds = 1000.0
    again.save()
    whole = cut()
    assert whole.seconds > 1000.0  # of all its runs
    assert whole.folder == study.folder
    assert not whole.verdict.preliminary
    assert "reliminary" not in " ".join([whole.verdict.text, *whole.verdict.notes])
    assert whole.best.predict(whole.test) is not None


def test_a_family_that_was_stopped_was_tried(cut):
    study = cut(stop, at="feedforward")
    assert study.verdict.learner in LEARNERS
    assert "No deep contender was trained to the end (feedforward: the study was stopped" in study.verdict.text
    assert "was tried" not in study.verdict.text


def test_without_the_time_to_learn_all_rows_samples_speak(cut):
    study = cut(late)
    assert study.status == "done"
    assert study.verdict.preliminary
    assert study.verdict.learner in LEARNERS
    assert re.match(r"Preliminary, for the time was too short to learn more than \d+ of the 390 ", study.verdict.text)
    assert study.verdict.notes[0] == "No model was kept; give more minutes for one."
    assert study.model is None
