import json

import pytest

from fathom.data.finding import Finding
from fathom.data.kinds import Column, Kind
from fathom.errors import StoreError
from fathom.protocol.curves.curve import Curve, Outlook
from fathom.protocol.study import FORMAT, Study, Trial, Verdict
from fathom.tasks.problem import Problem


@pytest.fixture
def study(tmp_path):
    problem = Problem("tabular-classification", "kind", (Column("weight", Kind.NUMBER),), ("cat", "dog"))
    trials = [
        Trial("ridge", "classical", score=0.9, low=0.8, high=1.0, measures={"roc-auc": float("nan")}, fit_seconds=1.0),
        Trial("feedforward", "deep", "failed", "it crashed (SIGSEGV) <b>"),
    ]
    for trial in trials:
        trial.folder = tmp_path / "trials" / trial.learner
    verdict = Verdict("ridge", "classical", False, "Use classical: ridge.")
    findings = [Finding("warning", "something", ("weight",), (1,), "mend it")]
    return Study(
        "pets-1",
        tmp_path,
        problem.task,
        problem,
        "accuracy",
        10,
        6,
        2,
        2,
        trials=trials,
        verdict=verdict,
        findings=findings,
    )


def test_a_saved_study_loads_the_same(study):
    study.save()
    loaded = Study.load(study.folder)
    assert loaded.to_json() == study.to_json()
    assert loaded.findings == study.findings
    assert loaded.verdict == study.verdict
    assert loaded.trial("feedforward") == study.trial("feedforward")
    assert loaded.problem == study.problem


def test_what_is_no_number_is_null_in_json(study):
    found = json.loads(json.dumps(study.to_json(), allow_nan=False))
    assert found["contenders"][0]["measures"] == {"roc-auc": None}
    assert found["contenders"][1]["score"] is None


@pytest.mark.parametrize(
    "record", ["", "{", "[]", "null", "{}", '{"format": null}', '{"format": 1, "fathom": "1"}', "\xff"]
)
def test_a_damaged_record_is_refused(study, record):
    study.save()
    (study.folder / "study.json").write_text(record, "latin-1")
    with pytest.raises(StoreError, match="no study"):
        Study.load(study.folder)


def test_a_newer_study_is_refused_with_what_to_install(study):
    study.save()
    record = json.loads((study.folder / "study.json").read_text())
    (study.folder / "study.json").write_text(json.dumps(record | {"format": FORMAT + 1, "fathom": "9.9"}))
    with pytest.raises(StoreError, match=r"newer fathom \(9\.9\)"):
        Study.load(study.folder)


def test_a_study_without_a_winner_has_no_best(study):
    study.verdict = Verdict(None, None, False, "nothing")
    with pytest.raises(StoreError, match="no model"):
        study.best  # noqa: B018


def test_a_notebook_shows_it_escaped(study):
    assert "&lt;b&gt;" in study._repr_html_()


def test_a_notebook_draws_the_curves_dashed_beyond_the_rows_there_are(study):
    assert "<svg" not in study._repr_html_()
    rows = [50.0, 100.0, 200.0, 400.0]
    for learner, family in (("<i>ridge", "classical"), ("feedforward", "deep")):
        band = [[0.6, 0.7, 0.75, 0.8]] * 3
        study.curves.append(Curve(learner, family, rows, *band, "rising", 0.9, None, (0.01, 0.0, 0.02)))
    study.train_rows = 100
    study.outlook = Outlook([100.0, 400.0], [0.2, 0.6], [0.1, 0.5], 0.6)
    shown = study._repr_html_()
    study.outlook = None  # of one family: a forecast is one all the same
    assert study._repr_html_() == shown
    assert shown.count("<polyline") == 4
    assert shown.count("dasharray") == 2
    assert "&lt;i&gt;ridge" in shown
    assert "<i>" not in shown
    study.curves[0].middle[0] = float("nan")
    assert study._repr_html_().count("<polyline") == 2
