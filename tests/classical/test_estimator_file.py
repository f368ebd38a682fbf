import io
import json
import zipfile

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from skops import io as skops

from fathom.classical import estimator_file
from fathom.errors import StoreError


@pytest.fixture
def good(tmp_path):
    rng = np.random.default_rng(0)
    path = tmp_path / "estimator.skops"
    estimator = RandomForestClassifier(3, random_state=np.random.RandomState(0)).fit(
        rng.normal(size=(40, 3)), rng.integers(0, 2, 40)
    )
    estimator_file.write(path, estimator)
    return path


def _entries(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _rewrite(path, entries):
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)


def test_a_good_file_loads(good):
    assert len(estimator_file.read(good).estimators_) == 3


def test_a_forbidden_type_is_refused_without_running(good, tmp_path):
    marker = tmp_path / "ran"
    entries = _entries(good)
    schema = json.loads(entries["schema.json"])
    call = {"__class__": "system", "__module__": "os", "__loader__": "FunctionNode", "__id__": 1, "content": None}
    text = {
        "__class__": "str",
        "__module__": "builtins",
        "__loader__": "JsonNode",
        "content": json.dumps(f"touch {marker}"),
        "is_json": True,
    }
    schema["content"]["content"]["estimator"] = {
        "__class__": "partial",
        "__module__": "functools",
        "__loader__": "PartialNode",
        "__id__": 2,
        "content": {"func": call, "args": text, "kwds": text, "namespace": text},
    }
    _rewrite(good, {**entries, "schema.json": json.dumps(schema)})
    with pytest.raises(StoreError):
        estimator_file.read(good)
    assert not marker.exists()


@pytest.mark.parametrize("kind", ["bytes_", "void"])
def test_a_number_made_into_bytes_is_refused(good, kind):
    entries = _entries(good)
    schema = entries["schema.json"].decode().replace('"__class__": "ndarray"', f'"__class__": "{kind}"', 1)
    _rewrite(good, {**entries, "schema.json": schema})
    with pytest.raises(StoreError, match=kind):
        estimator_file.read(good)


def test_a_random_state_out_of_range_is_refused(good):
    entries = _entries(good)
    schema = json.loads(entries["schema.json"])
    states = [node for node in estimator_file._nodes(schema) if node.get("__loader__") == "RandomStateNode"]
    assert states
    places = [node["pos"] for node in estimator_file._nodes(states[0]) if isinstance(node.get("pos"), dict)]
    places[0]["content"] = "123456789"
    _rewrite(good, {**entries, "schema.json": json.dumps(schema)})
    with pytest.raises(StoreError, match="out of range"):
        estimator_file.read(good)


def test_a_tree_that_points_outside_is_refused(good):
    entries = _entries(good)
    for name, data in entries.items():
        if name.endswith(".npy"):
            array = np.load(io.BytesIO(data))
            if array.dtype.names and "left_child" in array.dtype.names:
                array["left_child"][0] = 10**6
                buffer = io.BytesIO()
                np.save(buffer, array)
                entries[name] = buffer.getvalue()
    _rewrite(good, entries)
    with pytest.raises(StoreError, match="outside the tree"):
        estimator_file.read(good)


@pytest.mark.parametrize("name", ["../evil.npy", "other.pkl", "/etc/passwd"])
def test_strange_entries_are_refused(good, name):
    _rewrite(good, {**_entries(good), name: b"x"})
    with pytest.raises(StoreError, match="strange name"):
        estimator_file.read(good)


@pytest.mark.parametrize("data", [b"", b"\x80\x04K\x01.", b"PK\x03\x04", b"{}"])
def test_what_is_no_archive_is_refused(tmp_path, data):
    path = tmp_path / "estimator.skops"
    path.write_bytes(data)
    with pytest.raises(StoreError, match="cannot be read"):
        estimator_file.read(path)


def test_any_cut_is_a_clear_error(good):
    whole = good.read_bytes()
    for share in range(1, 10):
        good.write_bytes(whole[: len(whole) * share // 10])
        with pytest.raises(StoreError):
            estimator_file.read(good)


def test_what_skops_cannot_write_is_a_clear_error(tmp_path):
    estimator = LogisticRegression()
    estimator.secret = (each for each in ())
    with pytest.raises(StoreError, match="without pickle"):
        estimator_file.write(tmp_path / "estimator.skops", estimator)


def test_the_list_holds_no_caller_of_anything():
    words = ("os.", "subprocess", "builtins.eval", "functools.partial", "operator.", "joblib", "pickle", "importlib")
    assert not [name for name in estimator_file.TRUSTED if name.startswith(words)]
    assert skops.get_untrusted_types(data=skops.dumps(LogisticRegression())) == []
