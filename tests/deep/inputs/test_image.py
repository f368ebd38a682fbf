"""Pictures become tensors."""

from __future__ import annotations

import json

import pytest
import torch

from fathom.deep import weights
from fathom.deep.inputs.image import ImageInputs, pixel_statistics


@pytest.mark.parametrize(("side", "channels", "largest", "shape"), [(8, 1, 224, (1, 8, 8)), (40, 3, 20, (3, 20, 20))])
def test_pictures_become_bytes_of_one_size(make_pictures, pose, side, channels, largest, shape):
    data = make_pictures(5, side, channels)
    inputs = ImageInputs.fit(pose(data, "label"), data, largest)
    (pixels,) = inputs.tensors(data)
    assert pixels.dtype == torch.uint8
    assert tuple(pixels.shape) == (5, *shape)


def test_tiny_pictures_are_enlarged(make_pictures, pose):
    data = make_pictures(3, 4)
    (pixels,) = ImageInputs.fit(pose(data, "label"), data, 224).tensors(data)
    assert tuple(pixels.shape) == (3, 1, 8, 8)


def test_inputs_survive_json():
    inputs = ImageInputs("photo", 8, 9, 3)
    assert ImageInputs.from_json(json.loads(json.dumps(inputs.to_json()))) == inputs


@pytest.mark.parametrize("height", [-1, 10**9, "8"])
def test_an_absurd_size_is_refused(height):
    with pytest.raises(ValueError, match="no size"):
        ImageInputs.from_json({**ImageInputs("photo", 8, 8, 3).to_json(), "height": height})
    assert weights.LARGEST_SIZE < 10**9


def test_statistics_are_of_each_channel_and_never_zero():
    images = torch.zeros(10, 2, 4, 4, dtype=torch.uint8)
    images[:, 1, :2] = 200
    mean, spread = pixel_statistics(images)
    assert mean.flatten().tolist() == [0, 100]
    assert spread.flatten().tolist() == [1, 100]
