import json
import time

import numpy as np
import polars as pl
import pytest

from fathom import catalog
from fathom.errors import DataError, FathomError, StoreError, TrainingError
from fathom.protocol.compare import compare
from fathom.protocol.study import Study
from fathom.protocol.train import train
from fathom.store import Store

pytestmark = pytest.mark.xdist_group("compare")  # what is made once per module is made once

QUICK = ["logistic-regression", "nearest-neighbours"]
CONTENDER = set(
    "learner family score low high measures fit_seconds predict_ms_per_row peak_mb model_mb status "  # noqa: SIM905
    "latency_ms energy_wh energy_source hardware cost_on money".split()
)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return Store(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def pets():
    """A table of pets as a person has it: a key, two useful columns, a group, a time, a target with a gap."""
    random = np.random.default_rng(0)
    kind = np.repeat(["cat", "dog"], 100)
    weight = np.where(kind == "cat", 4.0, 8.0) + random.normal(size=200)
    return pl.DataFrame(
        {
            "key": [f"k{number:05}" for number in range(200)],
            "weight": weight.round(3),
            "colour": random.choice(["black", "brown"], 200),
            "owner": [f"owner {number}" for number in random.integers(0, 40, 200)],
            "day": pl.date_range(pl.date(2024, 1, 1), pl.date(2024, 7, 18), eager=True)[random.permutation(200)],
            "kind": [None, *kind[1:]],
        }
    )


@pytest.fixture(scope="module")
def study(pets, store, tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "pets.csv"
    pets.drop("owner", "day").write_csv(path)
    news = []
    found = compare(path, "kind", minutes=1, learners=QUICK, store=store, progress=news.append)
    found.news = news
    return found


def test_the_json_has_the_promised_shape(study, store):
    found = json.loads(json.dumps(study.to_json(), allow_nan=False))
    assert set(found) == {
        "study",
        "task",
        "rows",
        "test_rows",
        "measure",
        "contenders",
        "verdict",
        "curves",
        "outlook",
        "model",
        "seconds",
    }
    assert all(set(each) == CONTENDER for each in found["contenders"])
    assert set(found["verdict"]) == {"learner", "family", "tie", "text", "notes", "grown", "preliminary"}
    assert set(found["model"]) == {"name", "version", "path"}
    assert (found["study"], found["task"], found["rows"]) == ("pets-1", "tabular-classification", 200)
    assert found["model"]["name"] == "pets"
    best = found["contenders"][0]
    assert best["low"] <= best["score"] <= best["high"]
    assert best["measures"]["log-loss"] > 0
    assert best["fit_seconds"] > 0
    assert best["predict_ms_per_row"] > 0
    assert best["peak_mb"] > 20
    assert best["model_mb"] > 0


def test_every_cost_is_measured(study):
    for each in study.to_json()["contenders"]:
        row, batch = each["latency_ms"]["row"], each["latency_ms"]["batch"]
        assert 0 < row["p50"] <= row["p99"]
        assert row["calls"] >= 1
        assert 0 < batch["p50"] <= row["p99"]
        assert batch["rows"] == study.test_rows
        assert each["energy_wh"] > 0
        assert each["energy_source"] in ("rapl", "estimate")
        assert each["hardware"]["device"] == "cpu"
        assert each["hardware"]["threads"] >= 1
        assert (each["cost_on"], each["money"]) == ({}, None)


def test_measuring_keeps_to_its_share_of_the_time(study):
    for trial in study.trials:
        for kind in ("row", "batch"):
            found = trial.latency_ms[kind]
            timed = found["calls"] * found.get("rows", 1) * found["p50"] / 1_000
            assert timed < 0.5, (trial.learner, kind)


def test_the_verdict_uses_what_learned(study):
    assert study.verdict.learner in QUICK
    assert study.verdict.beats_baseline
    assert study.trials[-1].learner == "baseline"
    assert "Use classical" in study.verdict.text
    assert study.importance[0]["column"] == "weight"
    assert study.importance[0]["low"] > 0


def test_progress_tells_stages_and_endings(study):
    stages = [each.stage for each in study.news]
    assert list(dict.fromkeys(stages)) == ["read", "split", "check", "train", "score", "explain", "done"]
    assert {each.contender for each in study.news if each.status == "done"} == {"baseline", *QUICK}


def test_a_study_loads_as_it_was(study, store):
    loaded = Study.load(store.study_path("pets"))
    assert loaded.to_json() == study.to_json()
    assert loaded.problem == study.problem
    assert loaded.findings == study.findings
    assert loaded.command[:4] == ["fathom", "compare", str(study.settings["data"]), "--predict"]
    assert len(loaded.test) == study.test_rows == len(loaded.trials[0].predictions)
    truth = loaded.problem.truth(loaded.test)
    assert np.mean(loaded.trials[0].predictions.codes == truth) == loaded.trials[0].score
    assert "accuracy" in loaded._repr_html_()


def test_any_contender_can_be_kept_with_its_scores(study, tmp_path):
    kept = Store(tmp_path)
    told = study.keep("baseline", store=kept)
    assert (told["name"], told["version"]) == ("pets", 1)
    model = kept.load_model("pets")
    assert (model.name, model.card["score"]) == ("baseline", study.trial("baseline").score)
    assert study.keep("baseline", "plain", kept)["name"] == "plain"
    assert study.model["path"] != told["path"]
    with pytest.raises(StoreError, match="no trial of 'nobody'"):
        study.keep("nobody", store=kept)


def test_the_winner_is_stored_with_its_scores_and_predicts(study, store, pets):
    model = store.load_model("pets")
    assert model.name == study.verdict.learner
    assert model.card["score"] == study.trial(model.name).score
    assert model.card["fingerprint"]
    assert model.card["test_rows"] == study.test_rows
    assert model.test(pets)["accuracy"] > 0.9
    same = study.best.predict(study.test)
    assert np.allclose(same.probabilities, study.trial(model.name).predictions.probabilities)


def test_trials_never_hold_the_target_of_test_rows(study):
    assert "kind" not in pl.read_ipc(study.folder / "data" / "test.arrow").columns


def test_an_ended_study_keeps_no_training_rows_and_no_checkpoints(study):
    assert sorted(path.name for path in (study.folder / "data").iterdir()) == [
        "test.arrow",
        "test.json",
        "truth.arrow",
        "truth.json",
    ]
    assert not list(study.folder.glob("trials/*/checkpoint"))


def test_own_test_rows_are_used_and_repetitions_are_told(pets, store, tmp_path):
    rows = pets.select("weight", "colour", "kind")[1:]
    rows[::2].write_csv(tmp_path / "rows.csv")
    pl.concat([rows[1::2], rows[:20:2]]).write_csv(tmp_path / "test.csv")
    study = compare(tmp_path / "rows.csv", "kind", test=tmp_path / "test.csv", learners="baseline", store=store)
    assert study.test_rows == 109
    assert study.train_rows + study.valid_rows == 100
    assert any("of the 109 test rows have the same inputs" in finding.what for finding in study.findings)
    assert "there is nothing to choose" in study.verdict.text


def test_groups_stay_together_and_are_no_input(pets, store):
    study = compare(pets, "kind", group="owner", drop=["day"], learners="baseline", store=store, name="groups")
    assert "owner" not in [column.name for column in study.problem.inputs]
    assert study.test["owner"].n_unique() < 30


def test_the_latest_rows_test_when_time_counts(pets, store):
    study = compare(pets, "kind", time="day", learners="baseline", store=store, name="times", drop=["owner"])
    assert study.test["day"].min() > pets["day"].median()


def test_without_torch_deep_contenders_are_skipped_with_the_remedy(pets, store, monkeypatch):
    monkeypatch.setattr(catalog, "missing", lambda extra: ("torch",) if extra == "deep" else ())
    study = compare(pets, "kind", learners=["baseline", "feedforward"], store=store, name="torchless")
    trial = study.trial("feedforward")
    assert trial.status == "skipped"
    assert "pip install 'fathom-ml[deep]'" in trial.message
    assert "Not trained: feedforward (needs torch" in study.verdict.text
    assert not any("process of its own" in finding.what for finding in study.findings)


def test_training_one_learner_gives_its_model(pets, store):
    model = train(pets, "kind", learner="logistic-regression", minutes=1, store=store, name="one", drop=["owner"])
    assert model.name == "logistic-regression"
    assert model.card["stored"]["name"] == "one"
    assert model.card["scores"]["accuracy"] > 0.85
    assert store.model_path("one@1").is_dir()


def test_training_that_fails_says_why(pets, store, monkeypatch):
    monkeypatch.setattr(catalog, "missing", lambda extra: ("torch",) if extra == "deep" else ())
    with pytest.raises(TrainingError, match="torch") as caught:
        train(pets, "kind", learner="feedforward", store=store, name="failing")
    assert caught.value.remedy.startswith("Install it")


def test_the_minutes_are_kept(pets, store):
    begun = time.monotonic()
    study = compare(pets, "kind", minutes=0.15, store=store, name="short", drop=["owner"], started=begun)
    assert time.monotonic() - begun < 19  # 9 seconds, and room for a machine with other things to do
    assert study.trial("baseline").done


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ({"predict": "kindd"}, "'kind'"),
        ({"task": "tabular-clasification"}, "tabular-classification"),
        ({"task": "tabular-regression"}, "not numbers"),
        ({"learners": ["ridge"]}, "cannot learn"),
        ({"learners": ["xgboost"]}, "no learner"),
        ({"learners": []}, "No learner"),
        ({"learners": [object()]}, "no learner"),
        ({"measure": "f2"}, "accuracy"),
        ({"group": "ownr"}, "'owner'"),
        ({"drop": ["kind"]}, "both"),
        ({"group": "kind"}, "cannot group"),
        ({"minutes": 0}, "no time"),
        ({"minutes": float("nan")}, "no time"),
        ({"margin": -1}, "no sense"),
        ({"name": "../x"}, "cannot be a name"),
        ({"data": "nowhere.csv"}, "nowhere.csv"),
    ],
)
def test_mistakes_are_told_before_anything_is_trained(pets, store, words, part):
    before = store.studies()
    with pytest.raises(FathomError) as caught:
        compare(**{"data": pets, "predict": "kind", "learners": "baseline", "store": store, **words})
    assert part in str(caught.value)
    assert store.studies() == before


def test_few_rows_are_refused(pets, store):
    with pytest.raises(DataError, match="too few rows"):
        compare(pets[97:103], "kind", learners="baseline", store=store)


def test_a_store_that_cannot_be_written_is_told(pets, tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError):
        compare(pets, "kind", learners="baseline", store=tmp_path / "file")


def test_a_device_that_is_not_there_is_said_before_any_work(pets, tmp_path):
    torch = pytest.importorskip("torch")
    if torch.cuda.is_available():
        pytest.skip("there is one here")
    with pytest.raises(TrainingError, match="no CUDA device here"):
        compare(pets, "kind", minutes=1, device="cuda", store=Store(tmp_path))
    assert not list(tmp_path.rglob("study.json"))
