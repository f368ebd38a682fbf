"""A person's own objects under the protocol: what can travel has a process of its own, what cannot says so."""

import importlib
import json
import sys
import time

import numpy as np
import polars as pl
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier

from fathom.errors import StoreError
from fathom.protocol.compare import compare
from fathom.protocol.study import Study
from fathom.store import Store

pytestmark = pytest.mark.xdist_group("own")  # what is made once per module is made once

SOURCE = """
import os
import time

from sklearn.tree import DecisionTreeClassifier

class Shrub(DecisionTreeClassifier):
    pass

class Exiting(DecisionTreeClassifier):
    def fit(self, X, y):
        os._exit(3)

class Endless(DecisionTreeClassifier):
    def fit(self, X, y):
        time.sleep(600)

class Waiting(DecisionTreeClassifier):
    def fit(self, X, y):
        time.sleep(0.4)
        return super().fit(X, y)
"""


@pytest.fixture(scope="module")
def garden(tmp_path_factory):
    """A module of a person's own, imported from a folder of theirs."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "garden.py").write_text(SOURCE)
    sys.path.insert(0, str(folder))
    yield importlib.import_module("garden")
    sys.path.remove(str(folder))
    sys.modules.pop("garden")


@pytest.fixture(scope="module")
def rows():
    random = np.random.default_rng(0)
    kind = np.repeat(["cat", "dog"], 100)
    return pl.DataFrame({"weight": np.where(kind == "cat", 4.0, 8.0) + random.normal(size=200), "kind": kind})


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return Store(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def study(rows, store, garden):
    """A study of estimators that travel; one crashes, one never ends."""
    learners = [DecisionTreeClassifier(max_depth=2), garden.Exiting(), garden.Endless(), garden.Shrub(max_depth=3)]
    return compare(rows, "kind", learners=learners, minutes=0.6, store=store, name="travelling")


def test_own_estimators_have_processes_of_their_own(study):
    for name in ("DecisionTreeClassifier", "Shrub"):
        trial = study.trial(name)
        assert (trial.status, trial.message, trial.family) == ("done", "", "classical")
        assert trial.score > 0.85
        assert trial.peak_mb > 20


def test_one_that_crashes_is_a_line_and_the_study_goes_on(study):
    trial = study.trial("Exiting")
    assert trial.status == "failed"
    assert "exit code 3" in trial.message
    assert trial.peak_mb > 20


def test_one_that_does_not_end_is_ended(study):
    trial = study.trial("Endless")
    assert trial.status == "timed out"
    assert "did not keep its deadline" in trial.message
    assert study.status == "done"
    with pytest.raises(StoreError, match="'Endless' made no model: it did not keep its deadline"):
        study.load_model("Endless")


def test_nothing_is_said_of_processes_where_all_have_one(study):
    assert not [finding for finding in study.findings if "process of its own" in finding.what]


def test_own_estimators_are_loaded_where_they_were_given(study, garden, rows):
    assert study.verdict.learner in ("DecisionTreeClassifier", "Shrub")
    assert type(study.load_model("Shrub").learner.estimator) is garden.Shrub
    assert study.best.test(rows)["accuracy"] > 0.9


def test_what_matters_to_an_own_estimator_is_measured(rows, store, garden):
    learners = ["baseline", garden.Shrub(max_depth=3)]  # none that overruns and takes the time kept for this
    study = compare(rows, "kind", learners=learners, minutes=0.5, curves=False, store=store, name="explained")
    assert study.verdict.learner == "Shrub"
    assert study.importance[0]["column"] == "weight"


def test_what_cannot_travel_runs_here_and_says_so(rows, store, monkeypatch):
    class Slow(DecisionTreeClassifier):
        def fit(self, X, y):
            time.sleep(60)

    main = type("Main", (DecisionTreeClassifier,), {"__module__": "__main__"})
    monkeypatch.setattr(sys.modules["__main__"], "Main", main, raising=False)
    study = compare(rows, "kind", learners=[main(max_depth=2), Slow()], minutes=0.25, store=store, name="bound")
    trial = study.trial("Main")
    assert (trial.status, trial.peak_mb) == ("done", None)
    assert "within the calling process" in trial.message
    assert study.trial("Slow").status == "timed out"
    assert "within the calling process" in study.trial("Slow").message
    told = {finding.what: finding.remedy for finding in study.findings if "process of its own" in finding.what}
    assert len(told) == 2
    assert any("'Main' is defined in the running program or notebook" in what for what in told)
    assert all("importable module" in remedy for remedy in told.values())
    assert Study.load(study.folder).findings == study.findings


def test_a_module_of_ones_own_competes(rows, store):
    torch = pytest.importorskip("torch")
    module = torch.nn.Sequential(torch.nn.LazyLinear(8), torch.nn.ReLU(), torch.nn.LazyLinear(2))
    study = compare(rows, "kind", learners=["baseline", module], minutes=0.2, store=store, name="own")
    assert {trial.learner: trial.status for trial in study.trials} == {"baseline": "done", "Sequential": "done"}
    assert study.trial("Sequential").family == "deep"
    assert len(study.load_model("Sequential").predict(study.test)) == study.test_rows


def test_a_study_of_own_estimators_goes_on(rows, store, garden):
    def stop(news):
        if news.contender == "Waiting" and not news.note:  # on all rows; a note tells the size of a sample
            raise KeyboardInterrupt

    def brought():
        pipeline = make_pipeline(FunctionTransformer(np.log1p), DecisionTreeClassifier(max_depth=2))
        return [pipeline, garden.Waiting(max_depth=2)]

    words = {"minutes": 0.3, "store": store, "name": "goes-on"}
    stopped = compare(rows, "kind", learners=brought(), progress=stop, **words)
    assert stopped.status == "interrupted"
    assert {each.learner: each.status for each in stopped.trials} == {
        "baseline": "done",
        "Pipeline": "done",
        "Waiting": "interrupted",
    }
    result = stopped.trial("Pipeline").folder / "result.json"
    before = result.stat().st_mtime_ns
    heard = []
    resumed = compare(rows, "kind", learners=brought(), progress=heard.append, **words)
    assert resumed.name == stopped.name
    assert {each.status for each in resumed.trials} == {"done"}
    assert result.stat().st_mtime_ns == before
    ended = {news.contender: news.kept for news in heard if news.status}
    assert ended == {"baseline": True, "Pipeline": True, "Waiting": False}
    assert json.loads(result.read_text())["peak_mb"] > 20
