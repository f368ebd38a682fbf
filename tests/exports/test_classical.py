import numpy as np
import polars as pl
import pytest
import torch

pytest.importorskip("onnxruntime", reason="needs [onnx]")

from fathom import catalog
from fathom.classical.features import gradients
from fathom.classical.features.image import GRADIENTS, Picture
from fathom.data import media
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.errors import ExportError
from fathom.exports import pictures, trees
from fathom.learner import Run
from fathom.model import Model
from fathom.tasks.problem import Problem

NAMES = ("logistic-regression", "support-vectors", "nearest-neighbours", "random-forest", "gradient-boosting")

SMALL = {
    "random-forest": {"trees": 8, "feature_share": 0.5},
    "gradient-boosting": {"rounds": 6, "recipes": 1},
    "nearest-neighbours": {"neighbours": (3, 5)},
}


def drawn(rows, classes, seed=0, side=12, channels=3):
    """Noise with a bright stripe: where it is says the label."""
    chance = np.random.default_rng(seed)
    labels = chance.integers(0, classes, rows)
    pixels = chance.integers(0, 120, (rows, side, side, channels))
    for picture, label in zip(pixels, labels, strict=True):
        picture[:, label * side // classes : (label + 1) * side // classes] += 100
    cells = [media.encode(each.astype(np.uint8)) for each in pixels]
    frame = pl.DataFrame({"photo": pl.Series(cells, dtype=pl.Binary), "label": [f"l{label}" for label in labels]})
    return Dataset(frame, (Column("photo", Kind.IMAGE), Column("label", Kind.CATEGORY)))


def fitted(name, classes=3, known=None, rows=90):
    """A model on such pictures; `known`: of more labels than there are pictures of."""
    labels = tuple(f"l{place}" for place in range(known or classes))
    problem = Problem("image-classification", "label", (Column("photo", Kind.IMAGE),), labels)
    row = catalog.learner(name)
    learner = catalog.load(row.path)(**SMALL.get(name, {}))
    train = drawn(rows, classes, 1)
    learner.fit(problem, train, drawn(40, classes, 2), Run.lasting(60, seed=3))
    return Model(learner, name, "classical", problem, {"temperature": 1.4})


@pytest.mark.parametrize(("name", "classes"), [*((name, 3) for name in NAMES), ("logistic-regression", 2),
                                               ("support-vectors", 2), ("gradient-boosting", 2)])  # fmt: skip
def test_classical_learners_on_pictures_say_the_same(name, classes, tmp_path):
    model = fitted(name, classes)
    about = model.export(tmp_path / "out", data=drawn(30, classes, 5).frame)
    assert max(about["parity"]["difference"], about["parity"]["own_difference"]) <= 1e-5
    assert about["inputs"][0]["shape"] == ["rows", 12, 12, 3]


def test_labels_that_training_had_not_have_none(tmp_path):
    model = fitted("logistic-regression", 3, known=5)
    model.calibration = {}
    about = model.export(tmp_path / "out")
    assert about["outputs"][0]["shape"] == ["rows", 5]
    assert about["parity"]["difference"] <= 1e-5


@pytest.mark.parametrize(("side", "channels"), [(6, 1), (8, 1), (12, 3), (19, 3), (28, 1), (31, 3), (64, 3)])
def test_features_are_those_of_the_learners(side, channels):
    chance = np.random.default_rng(side)
    pixels = chance.integers(0, 256, (5, side, side, channels), dtype=np.uint8)
    pixels[1] = 77  # no gradient anywhere
    pixels[2, :, side // 2 :] = pixels[2, :, :1]  # borders along one direction
    pixels[3, ..., 0] = pixels[3, ..., -1]  # channels that are equally strong
    picture = Picture("photo", side, channels, centre=(), scale=())
    plain = picture._features(pixels)
    picture = Picture("photo", side, channels, centre=(0.0,) * plain.shape[1], scale=(1.0,) * plain.shape[1])
    with torch.no_grad():
        mine = pictures.PictureFeatures(picture)(torch.tensor(pixels)).numpy()
    assert mine.shape == plain.shape
    assert np.abs(mine - plain).max() < 2e-6


def test_every_direction_falls_into_the_same_orientation():
    """Also those whose border a rounded angle would cross."""
    steps = np.arange(256, dtype=np.uint8)
    down, right = (each.ravel() for each in np.meshgrid(steps, steps))
    pixels = np.zeros((len(down), 6, 6, 1), dtype=np.uint8)
    pixels[:, 3, 2, 0], pixels[:, 2, 3, 0] = down, right  # the gradient of the place between them
    some = np.random.default_rng(0).permutation(len(down))[:4000]
    bright = pixels[some].astype(np.float32) / np.float32(255)
    theirs = gradients.histograms(bright)
    mine = pictures.oriented(torch.tensor(bright)).numpy()
    assert np.abs(mine - theirs).max() < 2e-6
    assert GRADIENTS in pictures.MADE


def test_thresholds_part_features_as_in_float64():
    chance = np.random.default_rng(0)
    features = chance.normal(size=2000).astype(np.float32)
    thresholds = np.concatenate([features.astype(np.float64), chance.normal(size=2000)])
    wanted = features.astype(np.float64)[:, None] <= thresholds
    assert np.array_equal(features[:, None] <= trees.rounded_down(thresholds), wanted)


def test_what_has_no_graph_is_refused_with_a_reason(tmp_path):
    with pytest.raises(ExportError, match="baseline"):
        fitted("baseline").export(tmp_path / "out")
    with pytest.raises(ExportError, match="single label"):
        fitted("random-forest", 1, known=2).export(tmp_path / "out")
    model = fitted("logistic-regression")
    model.learner.features_ = object()
    with pytest.raises(ExportError, match="cannot be written as ONNX"):
        model.export(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
