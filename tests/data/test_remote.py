"""Public collections: asked through their clients, and clear about it when that fails."""

import importlib.machinery
import sys
import types

import pandas as pd
import pyarrow as pa
import pytest

from fathom.data.kinds import Kind
from fathom.data.read import read
from fathom.errors import DataError, MissingExtra


@pytest.fixture
def client(monkeypatch):
    """Put a module in the place of a client library."""

    def install(name, **members):
        module = types.ModuleType(name)
        module.__spec__ = importlib.machinery.ModuleSpec(name, None)
        module.__dict__.update(members)
        monkeypatch.setitem(sys.modules, name, module)

    return install


@pytest.mark.parametrize(("source", "extra"), [("openml:61", "openml"), ("hf:owner/name", "hub")])
def test_without_the_library(source, extra, monkeypatch):
    monkeypatch.setattr("fathom.catalog.missing", lambda name: (name,))
    with pytest.raises(MissingExtra) as caught:
        read(source)
    assert f"fathom-ml[{extra}]" in caught.value.remedy


def test_openml(client):
    class Iris:
        name, default_target_attribute = "iris", "class"

        def get_data(self, dataset_format):
            assert dataset_format == "dataframe"
            return pd.DataFrame({"width": [1.0, 2.0], "class": pd.Categorical(["a", "b"])}), None, None, None

    client("openml", datasets=types.SimpleNamespace(get_dataset=lambda name, **_: Iris() if name == 61 else None))
    data = read("openml:61")
    assert [str(column.kind) for column in data.columns] == ["number", "category"]
    assert (data.source.name, data.source.location) == ("iris", "openml:61")
    assert "'class'" in data.source.notices[0]


class ClassLabel:
    names = ("cat", "dog")


class Image:
    def __init__(self, decode=True):
        self.decode = decode


class Pets:
    """What the hub's client gives: a table whose pictures are bytes and whose labels are numbers."""

    def __init__(self, picture):
        self.features = {"image": Image(), "label": ClassLabel()}
        self.table = pa.table({"image": [{"bytes": picture, "path": None}] * 3, "label": [0, 1, -1]})

    def cast_column(self, name, kind):
        assert name == "image"
        assert not kind.decode
        return self

    def with_format(self, name):
        assert name == "arrow"
        return self

    def __getitem__(self, rows):
        return self.table


def test_hub(client, picture):
    asked = []

    def load_dataset(path, split):
        asked.append((path, split))
        return Pets(picture())

    client("datasets", load_dataset=load_dataset, Image=Image)
    data = read("hf:owner/pets:test")
    assert asked == [("owner/pets", "test")]
    assert data.column("image").kind == Kind.IMAGE
    assert data["image"][0] == picture()
    assert data["label"].to_list() == ["cat", "dog", None]
    assert data.source.name == "pets"


@pytest.mark.parametrize(
    ("source", "name", "member"), [("openml:61", "openml", "datasets"), ("hf:a/b", "datasets", "load_dataset")]
)
def test_offline(client, source, name, member):
    def fail(*_, **__):
        raise ConnectionError("no route to host")

    client(name, **{member: types.SimpleNamespace(get_dataset=fail) if member == "datasets" else fail})
    with pytest.raises(DataError, match="no route to host") as caught:
        read(source)
    assert caught.value.where == source
    assert "connection" in caught.value.remedy
