"""What a study says that was stopped before anybody had learned all rows."""

import json

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
def stopped(tmp_path, monkeypatch):
    """A study that Ctrl-C ends when its samples are learned; and what goes on with it."""
    random = np.random.default_rng(0)
    x = random.normal(size=(600, 3))
    frame = pl.DataFrame(x, schema=["a", "b", "c"]).with_columns(
        kind=pl.Series(np.where(x[:, 0] + 0.3 * random.normal(size=600) > 0, "yes", "no"))
    )
    options = {"minutes": 1, "learners": LEARNERS, "store": tmp_path / "store", "name": "stopped"}
    with monkeypatch.context() as patched:
        attempt = races.Race.attempt

        def until_all_rows(race, contender, seconds, rung=None):
            if rung is None and contender.name != "baseline":
                raise KeyboardInterrupt
            return attempt(race, contender, seconds, rung)

        patched.setattr(races.Race, "attempt", until_all_rows)
        study = fathom.compare(frame, "kind", **options)
    return study, lambda: fathom.compare(frame, "kind", **options)


def test_the_best_so_far_is_told_and_called_preliminary(stopped, tmp_path):
    study, go_on = stopped
    verdict = study.verdict
    assert study.status == "interrupted"
    assert verdict.preliminary
    assert verdict.learner in LEARNERS
    assert verdict.beats_baseline
    assert verdict.text.startswith(
        "Preliminary, for it was stopped when nobody had learned more than 195 of the 390 training rows. "
    )
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

    whole = go_on()
    assert whole.folder == study.folder
    assert not whole.verdict.preliminary
    assert "reliminary" not in " ".join([whole.verdict.text, *whole.verdict.notes])
    assert whole.best.predict(whole.test) is not None
