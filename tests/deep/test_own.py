"""Any torch module as a learner."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from fathom.deep.own import OwnModule
from fathom.errors import StoreError, TrainingError
from fathom.learner import Run


def halved(data):
    size = len(data) * 3 // 4
    return data.take(range(size)), data.take(range(size, len(data)))


@pytest.fixture
def layers():
    torch.manual_seed(0)
    return nn.Sequential(nn.LazyLinear(32), nn.ReLU(), nn.Linear(32, 2))


def test_a_module_learns_labels_and_is_saved_and_loaded(people, pose, layers, tmp_path):
    problem = pose(people, "label")
    learner = OwnModule(layers, epochs=30)
    learner.fit(problem, *halved(people), Run(seed=1))
    found = learner.predict(people)
    assert (found.codes == problem.truth(people)).mean() > 0.8
    learner.save(tmp_path)
    fresh = nn.Sequential(nn.LazyLinear(32), nn.ReLU(), nn.Linear(32, 2))
    again = OwnModule.load(tmp_path, module=fresh)
    assert np.array_equal(again.predict(people).probabilities, found.probabilities)


def test_the_module_that_was_given_stays_untrained(people, pose):
    module = nn.LazyLinear(2)
    OwnModule(module, epochs=1).fit(pose(people, "label"), *halved(people), Run())
    assert isinstance(module.weight, nn.UninitializedParameter)


@pytest.mark.parametrize("last", [nn.Linear(16, 1), nn.Sequential(nn.Linear(16, 1), nn.Flatten(0))])
def test_a_module_learns_numbers(people, pose, last):
    problem = pose(people, "number")
    learner = OwnModule(nn.Sequential(nn.LazyLinear(16), nn.ReLU(), last), epochs=30, rate=1e-2)
    learner.fit(problem, *halved(people), Run(seed=1))
    truth = problem.truth(people)
    assert np.abs(learner.predict(people).values - truth).mean() < 0.6 * np.abs(np.median(truth) - truth).mean()


def test_a_module_reads_pictures_between_nought_and_one(halves, pose):
    class Watching(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.LazyLinear(4))

        def forward(self, images):
            assert images.dtype == torch.float32
            assert images.shape[1:] == (1, 8, 8)
            assert images.min() >= 0
            assert 0.5 < images.max() <= 1
            return self.inner(images)

    problem = pose(halves, "label")
    learner = OwnModule(Watching(), epochs=20)
    learner.fit(problem, *halved(halves), Run(seed=1))
    assert (learner.predict(halves).codes == problem.truth(halves)).mean() > 0.8


@pytest.mark.parametrize(
    ("module", "said"),
    [
        (nn.Linear(999, 2), r"cannot take float32 \[2, "),
        (nn.LazyLinear(7), r"puts out \[2, 7\] where \[2, 2\]"),
        (nn.Conv2d(1, 2, 3), "cannot take"),
    ],
)
def test_a_module_that_does_not_fit_is_told_the_shapes(people, pose, module, said):
    with pytest.raises(TrainingError, match=said):
        OwnModule(module, epochs=1).fit(pose(people, "label"), *halved(people), Run())


def test_loading_needs_the_module_and_its_structure(people, pose, layers, tmp_path):
    learner = OwnModule(layers, epochs=1)
    learner.fit(pose(people, "label"), *halved(people), Run())
    learner.save(tmp_path)
    with pytest.raises(StoreError, match="not kept"):
        OwnModule.load(tmp_path)
    with pytest.raises(StoreError, match="tensor"):
        OwnModule.load(tmp_path, module=nn.LazyLinear(2))
