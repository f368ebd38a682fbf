import importlib
import json
import sys

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from fathom.classical import parcel
from fathom.errors import StoreError, TrainingError

SOURCE = """
from sklearn.tree import DecisionTreeClassifier

class Shrub(DecisionTreeClassifier):
    pass

def halved(x):
    return x / 2
"""


@pytest.fixture
def garden(tmp_path, monkeypatch):
    """A module of a person's own, imported from a folder of theirs."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "garden.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(tmp_path / "home")
    yield importlib.import_module("garden")
    sys.modules.pop("garden", None)


@pytest.mark.parametrize(
    "estimator",
    [
        DecisionTreeClassifier(max_depth=3),
        make_pipeline(StandardScaler(), LogisticRegression(C=0.5)),
        make_pipeline(FunctionTransformer(np.log1p), DecisionTreeClassifier()),
    ],
)
def test_it_arrives_as_it_left(estimator, tmp_path):
    told = json.loads(json.dumps(parcel.pack(estimator).leave(tmp_path / "trial")))
    assert repr(parcel.unpack(tmp_path / "trial", told)) == repr(estimator)


def test_classes_and_functions_of_a_module_travel_by_name(garden, tmp_path, monkeypatch):
    estimator = make_pipeline(FunctionTransformer(garden.halved), garden.Shrub(max_depth=2))
    packed = parcel.pack(estimator)
    assert packed.types == ("garden.Shrub", "garden.halved")
    told = packed.leave(tmp_path)
    sys.modules.pop("garden")
    monkeypatch.setattr(sys, "path", [path for path in sys.path if not path.endswith("home")])
    arrived = parcel.unpack(tmp_path, told)
    assert type(arrived[-1]).__name__ == "Shrub"
    assert arrived[0].func(4) == 2


def test_only_the_types_that_left_may_arrive(garden, tmp_path):
    told = parcel.pack(garden.Shrub()).leave(tmp_path)
    with pytest.raises(StoreError, match=r"not trusted: garden\.Shrub"):
        parcel.unpack(tmp_path, told | {"types": []})


def test_another_file_in_its_place_is_refused(tmp_path):
    told = parcel.pack(DecisionTreeClassifier()).leave(tmp_path)
    parcel.pack(LogisticRegression()).leave(tmp_path)
    with pytest.raises(StoreError, match="not the one"):
        parcel.unpack(tmp_path, told)


def test_another_module_of_the_same_name_is_refused(garden, tmp_path):
    told = parcel.pack(garden.Shrub()).leave(tmp_path)
    sys.modules.pop("garden")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "garden.py").write_text(SOURCE)
    sys.path.insert(0, str(tmp_path / "elsewhere"))
    with pytest.raises(TrainingError, match="elsewhere"):
        parcel.unpack(tmp_path, told)


class Unwritable(BaseEstimator):
    def __init__(self, held=None):
        self.held = held


def local():
    class Local(DecisionTreeClassifier):
        pass

    return Local()


def in_main():
    made = type("Notebook", (DecisionTreeClassifier,), {"__module__": "__main__"})
    sys.modules["__main__"].Notebook = made
    return made()


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (local, "'Local' cannot be imported"),
        (in_main, "running program or notebook"),
        (lambda: FunctionTransformer(lambda x: x), "<lambda>"),
        (lambda: Unwritable(i for i in range(3)), "without pickle"),
    ],
)
def test_what_another_process_could_not_make_stays(make, why):
    with pytest.raises(StoreError, match=why):
        parcel.pack(make())
