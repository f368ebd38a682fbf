"""Learners that installed packages publish: found when they are named, and only then."""

import sys

import numpy as np
import polars as pl
import pytest

from fathom import catalog
from fathom.cli import main
from fathom.errors import FathomError
from fathom.model import Model
from fathom.protocol.compare import compare
from fathom.sklearn import FathomClassifier

ROWS = """
from fathom.catalog import LearnerRow

ORCHID = LearnerRow(
    "orchid", "orchids.learner:Orchid", "classical", "a rare flower", ("table",), ("label", "number"), "never"
)
RENAMED = LearnerRow("rose", "orchids.learner:Orchid", "classical", "", ("table",), ("label",), "never")
STRANGE = LearnerRow("strange", "orchids.learner:Orchid", "magical", "", ("table",), ("label",), "never")
NEEDY = LearnerRow("needy", "orchids.learner:Orchid", "deep", "", ("table",), ("label",), "never", extra="orchids")
"""
LEARNER = """
from fathom.classical.trees import RandomForest

class Orchid(RandomForest):
    pass
"""
ENTRIES = """
[fathom.learners]
orchid = orchids.rows:ORCHID
ridge = orchids.rows:ORCHID
renamed = orchids.rows:RENAMED
strange = orchids.rows:STRANGE
needy = orchids.rows:NEEDY
class = orchids.learner:Orchid
gone = orchids.rows:GONE
"""


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A package that publishes learners, installed for this process and those that it starts."""
    site = tmp_path / "site"
    (site / "orchids").mkdir(parents=True)
    (site / "orchids" / "__init__.py").write_text("")
    (site / "orchids" / "rows.py").write_text(ROWS)
    (site / "orchids" / "learner.py").write_text(LEARNER)
    (site / "orchids-1.0.dist-info").mkdir()
    (site / "orchids-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: orchids\nVersion: 1.0\n")
    (site / "orchids-1.0.dist-info" / "entry_points.txt").write_text(ENTRIES)
    monkeypatch.syspath_prepend(site)
    monkeypatch.setenv("PYTHONPATH", str(site))
    yield site
    for name in [name for name in sys.modules if name.split(".")[0] == "orchids"]:
        del sys.modules[name]


@pytest.fixture
def pets_frame():
    random = np.random.default_rng(0)
    kind = np.repeat(["cat", "dog"], 60)
    return pl.DataFrame({"weight": np.where(kind == "cat", 4.0, 8.0) + random.normal(size=120), "kind": kind})


def test_it_competes_when_it_is_named_and_its_model_is_loaded_by_name(installed, pets_frame, tmp_path):
    study = compare(pets_frame, "kind", learners=["orchid"], minutes=0.25, store=tmp_path / "store")
    trial = study.trial("orchid")
    assert (trial.status, trial.family) == ("done", "classical")
    assert trial.peak_mb > 20
    model = Model.load(study.model["path"])
    assert type(model.learner).__module__ == "orchids.learner"
    assert model.test(pets_frame)["accuracy"] > 0.85


def test_it_is_never_tried_unasked(installed):
    assert "orchid" not in [row.name for row in catalog.learners_for("tabular-regression")]
    named = catalog.learners_for("tabular-regression", ["orchid", "ridge", "orchid"])
    assert [row.name for row in named].count("orchid") == 1
    assert "orchid" not in [row.name for row in catalog.learners_for("image-classification", ["orchid"])]


def test_a_name_of_the_catalog_is_never_looked_up(installed):
    assert catalog.learner("ridge").path == "fathom.classical.linear:Ridge"
    assert "orchids.rows" not in sys.modules


def test_it_is_named_on_the_command_line_and_in_a_pipeline(installed, pets_frame, tmp_path, capsys):
    chosen = FathomClassifier(learner="orchid", minutes=0.02).fit(pets_frame.drop("kind"), pets_frame["kind"])
    assert chosen.learner_ == "orchid"
    pets_frame.write_csv(tmp_path / "pets.csv")
    assert main(["compare", str(tmp_path / "pets.csv"), "--predict", "kind", "--learners", "orchyd"]) == 2
    assert "no learner 'orchyd'" in capsys.readouterr().err
    assert main(["compare", str(tmp_path / "pets.csv"), "--predict", "kin", "--learners", "orchid"]) == 2
    assert "'kind'" in capsys.readouterr().err  # the learner is known, the column is not


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("renamed", "its row calls it 'rose'"),
        ("strange", "no family 'magical'"),
        ("needy", "no extra 'orchids'"),
        ("class", "and not a fathom.catalog.LearnerRow"),
        ("gone", "AttributeError"),
        ("unheard-of", "There is no learner 'unheard-of'"),
    ],
)
def test_what_cannot_be_used_names_the_package(installed, name, why):
    with pytest.raises(FathomError) as caught:
        catalog.learner(name)
    assert why in str(caught.value)
    assert name == "unheard-of" or "orchids" in caught.value.remedy
