import json
import time

import numpy as np
import polars as pl
import pytest

from fathom.data.dataset import Dataset
from fathom.errors import DataError, StoreError
from fathom.folders import write_manifest
from fathom.model import FORMAT, Model, calibrated, read_record
from fathom.tasks.predictions import Labels, Numbers


def rewrite(folder, **changes):
    """Change the record as someone would who also mends the manifest."""
    record = json.loads((folder / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps(record | changes))
    write_manifest(folder)


def test_a_model_predicts_the_same_after_loading(pets_model, pets, tmp_path):
    pets_model.calibration = {"temperature": 2.0}
    loaded = Model.load(pets_model.save(tmp_path / "model"))
    before, after = pets_model.predict(pets), loaded.predict(pets)
    assert np.array_equal(before.probabilities, after.probabilities)
    assert (loaded.name, loaded.family, loaded.problem) == ("baseline", "classical", pets_model.problem)
    assert loaded.calibration == {"temperature": 2.0}


def test_the_card_says_what_made_it(pets_model, tmp_path):
    card = read_record(pets_model.save(tmp_path / "model"))["card"]
    assert {"created", "libraries", "fingerprint", "rows", "measure"} <= card.keys()
    assert {"python", "fathom-ml", "numpy", "scikit-learn"} <= card["libraries"].keys()


@pytest.mark.parametrize(
    "rows",
    [
        [{"weight": 4, "colour": "black"}, {"colour": "pink", "weight": None}],
        {"weight": ["4", "5.5"], "colour": ["black", None]},
        pl.DataFrame({"colour": ["a", "b"], "weight": ["4", ""], "more": [1, 2]}),
    ],
)
def test_raw_rows_are_held_to_the_columns_first(pets_model, rows):
    predictions = pets_model.predict(rows)
    assert len(predictions) == 2
    assert np.allclose(predictions.probabilities.sum(axis=1), 1)


def test_a_value_that_does_not_fit_is_named_with_column_and_row(pets_model):
    with pytest.raises(DataError) as caught:
        pets_model.predict([{"weight": 4, "colour": "black"}, {"weight": "heavy", "colour": "black"}])
    assert "heavy" in str(caught.value)
    assert "weight" in str(caught.value)
    with pytest.raises(DataError, match="colour"):
        pets_model.predict([{"weight": 4}])


def test_plain_values_need_a_single_input(pets_model):
    with pytest.raises(DataError, match="2 columns"):
        pets_model.predict([1.0, 2.0])


def test_a_model_scores_rows_with_the_truth(pets_model, pets):
    scores = pets_model.test(pets)
    assert scores["accuracy"] == 0.5
    assert pets_model.test({"weight": [4], "colour": ["black"], "kind": ["bird"]})["accuracy"] == 0
    with pytest.raises(DataError, match="kind"):
        pets_model.test(pl.DataFrame({"weight": [4.0], "colour": ["black"], "kind": [None]}))


def test_a_newer_format_is_refused_with_what_to_install(pets_model, tmp_path):
    folder = pets_model.save(tmp_path / "model")
    rewrite(folder, format=FORMAT + 1, fathom="9.9")
    with pytest.raises(StoreError, match=r"made by fathom 9\.9") as caught:
        Model.load(folder)
    assert "pip install 'fathom-ml>=9.9'" in caught.value.remedy


@pytest.mark.parametrize(
    "record", ["", "{", "[]", "{}", "null", '{"format": "x", "fathom": "1"}', '{"format": 1, "fathom": "1"}', "\xff"]
)
def test_a_damaged_record_is_refused(pets_model, tmp_path, record):
    folder = pets_model.save(tmp_path / "model")
    (folder / "model.json").write_text(record, "latin-1")
    with pytest.raises(StoreError):
        Model.load(folder)


@pytest.mark.parametrize("name", ["os:system", "fathom.model:Model", "subprocess", "../baseline", ""])
def test_a_learner_is_found_by_its_name_in_the_catalog_only(pets_model, tmp_path, name):
    folder = pets_model.save(tmp_path / "model")
    rewrite(folder, learner=name)
    with pytest.raises(Exception, match="There is no learner"):
        Model.load(folder)


def test_an_own_learner_is_not_guessed(pets_model, tmp_path):
    pets_model.card["maker"] = "own"
    with pytest.raises(StoreError, match="of your own"):
        Model.load(pets_model.save(tmp_path / "model"))


def test_a_changed_file_is_refused_by_name(pets_model, tmp_path):
    folder = pets_model.save(tmp_path / "model")
    file = next((folder / "learner").iterdir())
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(StoreError, match=file.name):
        Model.load(folder)


def test_calibration_keeps_the_answer_and_the_sum():
    labels = Labels(("a", "b", "c"), np.array([[0.7, 0.2, 0.1], [0.0, 0.0, 1.0]]))
    softer = calibrated(labels, {"temperature": 3.0})
    assert np.array_equal(softer.codes, labels.codes)
    assert np.allclose(softer.probabilities.sum(axis=1), 1)
    assert softer.probabilities[0, 0] < 0.7
    assert calibrated(labels, {}) is labels
    assert calibrated(Numbers(np.zeros(2)), {"half_width": 2.0}).high.tolist() == [2.0, 2.0]


def test_checking_one_row_costs_little(pets_model):
    row = pl.DataFrame({"weight": [4.0], "colour": ["black"]})
    columns = pets_model.problem.inputs

    def seconds(call):
        begin = time.thread_time()  # what others on the machine do is not counted
        call()
        return time.thread_time() - begin

    calls = (lambda: pets_model.learner.predict(Dataset(row, columns)), lambda: pets_model.predict_frame(row))
    alone, checked = map(min, zip(*(map(seconds, calls) for _ in range(200)), strict=True))
    assert checked - alone < 0.001


def test_a_notebook_shows_it_escaped(pets_model):
    pets_model.card["data"] = "<b>"
    assert "&lt;b&gt;" in pets_model._repr_html_()


def test_one_row_may_be_a_dict_and_many_an_array_in_the_order_of_the_inputs(pets_model):
    one = pets_model.predict({"weight": 4.0, "colour": "black"})
    assert len(one) == 1
    array = np.array([[4.0, "black"], [12.0, "brown"]], dtype=object)
    rows = [{"weight": 4.0, "colour": "black"}, {"weight": 12.0, "colour": "brown"}]
    assert np.array_equal(pets_model.predict(array).probabilities, pets_model.predict(rows).probabilities)
    columns = {"weight": [4.0, 12.0], "colour": ["black", "brown"]}
    assert len(pets_model.predict(columns)) == 2
