"""What `--from` stands for: a place, or a model of the store that fits."""

from pathlib import Path

import pytest

from fathom.errors import FathomError, StoreError
from fathom.model import FILE, Model
from fathom.protocol.start import starting_point, usable
from fathom.store import Store


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


@pytest.mark.parametrize("named", ["owner/name", "bert-base-uncased", "./nowhere", "../models/pets", ""])
def test_what_the_store_does_not_hold_is_left_as_it_is(named, store, pets_model):
    store.save_model(pets_model, "pets")
    assert starting_point(named, store, "image-classification") == named


def test_a_folder_that_is_no_model_is_left_as_it_is(store, tmp_path):
    assert starting_point(str(tmp_path), store, "image-classification") == str(tmp_path)


def test_a_model_that_does_not_fit_says_why(store, pets_model):
    _, folder = store.save_model(pets_model, "pets")
    with pytest.raises(FathomError, match="tabular-classification; image-classification cannot start") as raised:
        starting_point("pets", store, "image-classification")
    assert raised.value.remedy
    with pytest.raises(FathomError, match="cannot start"):
        starting_point(str(folder), store, "text-classification")


def test_a_model_without_layers_says_what_has_some(store, pets_model):
    pets_model.problem = pets_model.problem.__class__("image-classification", "kind", (), ("cat", "dog"))
    store.save_model(pets_model, "pets")
    with pytest.raises(FathomError, match="no layers") as raised:
        starting_point("pets@1", store, "image-classification")
    assert "convolutional" in raised.value.remedy
    with pytest.raises(StoreError, match="version"):
        starting_point("pets@7", store, "image-classification")


def test_a_model_that_fits_is_found_by_name_and_held_to_its_digests(store, pets_model):
    pets_model.problem = pets_model.problem.__class__("image-classification", "kind", (), ("cat", "dog"))
    pets_model.name = "convolutional"
    _, folder = store.save_model(pets_model, "pets")
    assert starting_point("pets@best", store, "image-classification") == str(Path(folder).resolve())
    assert starting_point(str(folder), store, "image-classification") == str(Path(folder).resolve())
    record = folder / FILE
    record.write_text(record.read_text("utf-8").replace('"seed"', '"sead"') + " ", "utf-8")
    with pytest.raises(StoreError):
        starting_point("pets", store, "image-classification")
    assert isinstance(pets_model, Model)


def test_detectors_start_detectors_and_what_labels_pictures_does_too(store, pets_model):
    for name, task in (("cells", "object-detection"), ("pets", "image-classification")):
        pets_model.problem = pets_model.problem.__class__(task, "kind", ())
        pets_model.name = "convolutional"
        store.save_model(pets_model, name)
        assert Path(starting_point(name, store, "object-detection")).is_dir()
    assert usable(store, "object-detection") == ["cells", "pets"]
    assert usable(store, "image-classification") == ["pets"]
    with pytest.raises(FathomError, match="object-detection; image-classification cannot start") as raised:
        starting_point("cells", store, "image-classification")
    assert "nothing of whole pictures" in raised.value.remedy


@pytest.mark.parametrize(("learner", "why"), [("transformer", "no maps"), ("sliding-window", "no layers")])
def test_what_has_no_maps_starts_no_detector_and_says_what_does(learner, why, store, pets_model):
    pets_model.problem = pets_model.problem.__class__("image-classification", "kind", (), ("cat", "dog"))
    pets_model.name = learner
    store.save_model(pets_model, "pets")
    with pytest.raises(FathomError, match=why) as raised:
        starting_point("pets", store, "object-detection")
    assert "convolutional, pretrained" in raised.value.remedy
