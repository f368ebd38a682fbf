"""Where in a picture a detector finds what one box is sure by: its head's first maps, weighed place by place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from fathom.data.dataset import Dataset
from fathom.data.picture_sizes import picture_sizes
from fathom.data.rectangles import overlaps
from fathom.deep.heads.boxes import FIRST, Boxes
from fathom.deep.inputs.letterbox import LetterboxInputs
from fathom.tasks.boxes import Box

SAME = 0.5  # overlap from which a place's box is the one that is asked about
SMALLEST = 1e-12

Floats = npt.NDArray[np.float64]


def maps(learner: Any, dataset: Dataset, boxes: Sequence[Box]) -> list[Floats] | None:
    """How much each place speaks for one box in each row's picture, float64 [down, across], 0 to 1 in each.

    What sets a place apart from the picture's mean in the maps that the head begins with, times the slope there, summed
    over filters. Place by place (Zhao and Chan 2023, ODAM): a mean slope, as Grad-CAM weighs by, would find all things
    of the label. The slope is that of all boxes that could be this one, for without the surest the next is said. None
    where the learner has no pyramid: what sets of boxes are told from has seen all of the picture, so that slopes tell
    no places. Zero throughout where the box is none of the network's.
    """
    inputs, model = getattr(learner, "inputs_", None), getattr(learner, "model_", None)
    if not isinstance(inputs, LetterboxInputs) or not isinstance(getattr(model, "head", None), Boxes):
        return None
    labels = learner.problem_.boxes
    return [_of_one(model, inputs, dataset.take(np.array([row])), box, labels) for row, box in enumerate(boxes)]


def _of_one(model: Any, inputs: LetterboxInputs, row: Dataset, box: Box, labels: Sequence[str]) -> Floats:
    """The heat of one row's picture."""
    pixels, scales = inputs.tensors(row)
    scale = float(scales[0])
    if not scale:
        return np.zeros((1, 1))
    place, code, seen = np.array([box[:4]]) * scale, labels.index(box.label), []

    def keep(module: Any, given: Any, output: Tensor) -> Tensor:
        seen.append(output.detach().requires_grad_())
        return seen[-1]

    handle = model.head.shared.register_forward_hook(keep)
    try:
        with torch.enable_grad():
            outputs = model(pixels.to(next(model.parameters()).device))
            near = overlaps(place, outputs[0, :, :4].detach().double().cpu().numpy())[0] >= SAME
            sure = outputs[0, :, FIRST + code].float()[torch.from_numpy(near).to(outputs.device)].sigmoid()
            slopes = torch.autograd.grad(sure.sum(), seen)
    finally:
        handle.remove()
    heat = _together(
        [_speaking(each.detach()[0].float(), slope[0].float()) for each, slope in zip(seen, slopes, strict=True)]
    )
    width, height = picture_sizes(row[inputs.column], row.folder)[0].tolist()
    return _of_picture(heat, (height * scale / inputs.height, width * scale / inputs.width))


def _speaking(maps: Tensor, slope: Tensor) -> Tensor:
    """What each place [down, across] adds by what sets it apart from the picture's mean; none where it takes away."""
    return ((maps - maps.mean(dim=(1, 2), keepdim=True)) * slope).sum(dim=0).clamp_min(0)


def _together(heats: Sequence[Tensor]) -> Floats:
    """What maps of several sizes say, on the finest of them: what a place adds is spread over all that it covers."""
    finest = heats[0].shape
    even = [F.avg_pool2d(each[None, None], 3, 1, 1, count_include_pad=False) for each in heats]
    whole = sum(F.interpolate(each, finest, mode="bilinear") * (each.numel() / heats[0].numel()) for each in even)
    found: Floats = torch.as_tensor(whole)[0, 0].double().cpu().numpy()
    return found


def _of_picture(heat: Floats, share: tuple[float, float]) -> Floats:
    """The part of a map [down, across] that lies over the picture, the share of its sides; 1 where it is strongest."""
    for axis in (0, 1):
        side = heat.shape[axis]
        lines = max(1, round(side * share[axis]))
        middles = (np.arange(lines) + 0.5) / lines * share[axis] * side - 0.5
        heat = np.apply_along_axis(_between, axis, heat, middles)
    return heat / max(float(heat.max()), SMALLEST)


def _between(line: Floats, at: Floats) -> Floats:
    """Values between those of a line."""
    found: Floats = np.interp(at, np.arange(len(line)), line)
    return found
