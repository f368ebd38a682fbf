import itertools
import json
import subprocess
import sys
import textwrap

import pytest

from fathom.errors import StoreError
from fathom.folders import check_manifest
from fathom.locks import locked
from fathom.store import Store

STEPS = ("..", "%2e%2e", "%252e%252e", "..%2f", "․․", "．．", ".", "~", "C:", "\\\\server\\share", "con", "NUL.txt")
TARGETS = ("etc/passwd", "windows\\system32", "x", "%2fetc%2fpasswd", "", " ", "\0", "x\n", "a:b", "a/../../b")
HOSTILE = [f"{step}{mark}{target}" for step, mark, target in itertools.product(STEPS, "/\\", TARGETS)]


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def scored(model, score, **card):
    model.card |= {"score": score, "higher_is_better": True, **card}
    return model


def test_versions_count_up_and_are_found(store, pets_model):
    assert [store.save_model(pets_model, "pets")[0] for _ in range(3)] == [1, 2, 3]
    assert store.model_path("pets").name == "3"
    assert store.model_path("pets@2").name == "2"
    assert store.load_model("pets@1").name == "baseline"
    assert store.load_model(store.model_path("pets@1")).problem == pets_model.problem
    assert [each["version"] for each in store.models()] == [1, 2, 3]
    assert store.models()[0].keys() >= set(
        "name version alias created task learner family score measure path".split()  # noqa: SIM905
    )


def test_best_is_the_better_score_on_the_same_data(store, pets_model):
    for score in (0.8, 0.9, 0.7):
        store.save_model(scored(pets_model, score), "pets")
    assert store.model_path("pets@best").name == "2"
    assert [each["alias"] for each in store.models()] == [[], ["best"], []]


def test_best_is_the_newest_where_scores_cannot_be_compared(store, pets_model):
    store.save_model(scored(pets_model, 0.9), "pets")
    store.save_model(scored(pets_model, 0.5, fingerprint="other"), "pets")
    assert store.model_path("pets@best").name == "2"


def test_best_of_an_error_is_the_smaller_one(store, pets_model):
    for score in (3.0, 2.0, 4.0):
        store.save_model(scored(pets_model, score, higher_is_better=False), "pets")
    assert store.model_path("pets@best").name == "2"


@pytest.mark.parametrize("version", ["9", "0", "-1", "x", "best2", "１", "1/../.."])
def test_an_unknown_version_names_those_there_are(store, pets_model, version):
    store.save_model(pets_model, "pets")
    with pytest.raises(StoreError):
        store.model_path(f"pets@{version}")


def test_an_unknown_model_names_those_there_are(store, pets_model):
    store.save_model(pets_model, "pets")
    with pytest.raises(StoreError, match="pets"):
        store.model_path("pet")
    with pytest.raises(StoreError):
        store.model_path("./nowhere")


def test_hostile_names_reach_nothing(store, pets_model, tmp_path):
    outside = sorted(path.name for path in tmp_path.iterdir())
    for name in HOSTILE:
        for use in (lambda n: store.save_model(pets_model, n), store.model_path, store.study_path, store.new_study):
            with pytest.raises(StoreError):
                use(name)
    assert sorted(path.name for path in tmp_path.iterdir()) == outside
    assert store.models() == []


def test_a_damaged_model_is_listed_and_refused(store, pets_model):
    _, path = store.save_model(pets_model, "pets")
    (path / "model.json").write_text("{")
    assert store.models()[0]["trouble"]
    with pytest.raises(StoreError):
        store.load_model("pets")


def test_adopting_a_folder_adds_to_its_card(store, pets_model, tmp_path):
    pets_model.save(tmp_path / "model")
    version, path = store.adopt(tmp_path / "model", "pets", {"score": 0.5})
    assert (version, store.load_model("pets").card["score"]) == (1, 0.5)
    check_manifest(path)
    assert "score" not in json.loads((tmp_path / "model" / "model.json").read_text())["card"]


def test_studies_are_numbered_and_found_by_name(store):
    folders = [store.new_study("pets") for _ in range(2)]
    assert [folder.name for folder in folders] == ["pets-1", "pets-2"]
    with pytest.raises(StoreError):
        store.study_path("pets")
    (folders[0] / "study.json").write_text("{}")
    assert store.study_path("pets") == folders[0] == store.study_path("pets-1")
    assert store.studies()[0]["status"] == "damaged"


WRITER = """
    import sys
    from pathlib import Path
    from fathom.folders import add_folder, write_json
    from fathom.store import Store
    from fathom.model import read_record
    store, source, who = Store(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(5):
        store.adopt(source, "pets", {"who": f"{who}-{number}", "score": int(who) + number, "higher_is_better": True})
"""


def test_sixteen_writers_lose_nothing(store, pets_model, tmp_path):
    pets_model.save(tmp_path / "model")
    command = [sys.executable, "-c", textwrap.dedent(WRITER), str(store.root), str(tmp_path / "model")]
    writers = [subprocess.Popen([*command, str(who)], stdin=-1, stdout=-1, text=True) for who in range(16)]
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.stdin.write("\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate()
        writer.stdout.close()
        assert writer.returncode == 0
    found = store.models()
    assert [each["version"] for each in found] == list(range(1, 81))
    cards = {store.load_model(f"pets@{number}").card["who"] for number in range(1, 81)}
    assert cards == {f"{who}-{number}" for who in range(16) for number in range(5)}
    assert store.load_model("pets@best").card["score"] == 19


def test_a_study_whose_process_is_gone_is_interrupted_and_one_that_is_locked_runs(store):
    folder = store.new_study("killed")
    record = {"created": "2026-01-01", "task": "any", "status": "running", "verdict": {"learner": None}}
    (folder / "study.json").write_text(json.dumps(record), "utf-8")
    with locked(folder / ".lock"):
        assert store.studies()[0]["status"] == "running"
    assert store.studies()[0]["status"] == "interrupted"
