import numpy as np
import polars as pl
import pytest

from fathom.data.dataset import Dataset, Source
from fathom.data.kinds import Column, Kind
from fathom.learner import Run
from fathom.model import Model
from fathom.tasks.tabular_classification import pose


@pytest.fixture
def pets():
    """Sixty rows with one number that tells cats from dogs, one category that does not."""
    random = np.random.default_rng(0)
    kind = np.repeat(["cat", "dog"], 30)
    weight = np.where(kind == "cat", 4.0, 12.0) + random.normal(size=60)
    colour = random.choice(["black", "brown"], 60)
    columns = (
        Column("weight", Kind.NUMBER),
        Column("colour", Kind.CATEGORY, categories=("black", "brown")),
        Column("kind", Kind.CATEGORY, categories=("cat", "dog")),
    )
    return Dataset(
        pl.DataFrame({"weight": weight, "colour": colour, "kind": kind}), columns, Source("pets", "pets.csv")
    )


@pytest.fixture
def pets_model(pets):
    """The baseline, trained on the pets."""
    from fathom.classical.baseline import Baseline

    problem = pose(pets, "kind")
    learner = Baseline()
    learner.fit(problem, pets, pets, Run.lasting(10))
    return Model(learner, "baseline", "classical", problem, {}, {"measure": "accuracy", "fingerprint": "f", "rows": 60})
