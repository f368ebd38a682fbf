"""Where a trained network is looked for, and where the hub is not asked."""

from __future__ import annotations

import pytest

from fathom.errors import FathomError, TrainingError
from fathom.protocol.train import train
from fathom.store import Store

pytest.importorskip("transformers")

from fathom.deep import hub


@pytest.fixture
def asked(monkeypatch):
    """The names that the hub was asked for; it gives none."""
    names = []

    def unreachable(name, **options):
        names.append(name)
        raise OSError("no network")

    monkeypatch.setattr(hub.huggingface_hub, "snapshot_download", unreachable)
    return names


@pytest.mark.parametrize(
    "name", ["/no/such", "/no", "./no", "../no/such", "~/no-such-network", "~nobody-here/x", r"C:\no\such", "a/b/c"]
)
def test_a_path_that_is_not_there_is_never_asked_of_the_hub(name, asked):
    with pytest.raises(TrainingError, match="There is no folder") as raised:
        hub.located(name)
    assert repr(name)[1:-1].replace("\\\\", "\\") in str(raised.value)
    assert "OWNER/NAME" in raised.value.remedy
    assert not asked


def test_names_are_asked_of_the_hub(asked):
    for name in ("bert-base-uncased", "owner/name"):
        with pytest.raises(TrainingError, match="the hub did not give it"):
            hub.located(name)
    assert asked == ["bert-base-uncased", "owner/name"]


def test_the_hub_is_asked_only_for_what_can_learn_the_task(asked, tmp_path):
    with pytest.raises(FathomError, match="'pretrained' cannot learn named-entity-recognition") as raised:
        train("sample:addresses", "entities", learner="pretrained", backbone="x", store=Store(tmp_path))
    assert "crf" in raised.value.remedy
    with pytest.raises(FathomError, match="can start from a trained network"):
        train("sample:addresses", "entities", learner="crf", backbone="x", store=Store(tmp_path))
    assert not asked


def test_a_mistyped_model_is_answered_with_those_of_the_store(asked, tmp_path, pets_model, make_pictures):
    store = Store(tmp_path)
    pets_model.problem = pets_model.problem.__class__("image-classification", "kind", (), ("cat", "dog"))
    store.save_model(pets_model, "trees")  # has no layers
    pets_model.name = "convolutional"
    for _ in range(2):
        store.save_model(pets_model, "cars")
    rows = make_pictures(40).frame
    with pytest.raises(TrainingError, match="the hub did not give it") as raised:
        train(rows, "label", learner="pretrained", backbone="casr", store=store)
    assert raised.value.remedy.endswith("can be started from: cars.")
    assert asked == ["casr"]
