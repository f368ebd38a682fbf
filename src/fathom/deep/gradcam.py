"""Where in a picture a network finds what it says: its last maps, weighted by what the label gains from each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.hooks import RemovableHandle

from fathom.data.dataset import Dataset
from fathom.deep.inputs.image import ImageInputs

BATCH = 16  # pictures at once: every layer's maps are held until the way back
MOST_MODULES = 5_000
FINE = 5  # places along the longer side of a map that is worth drawing

Floats = npt.NDArray[np.float64]


def maps(learner: Any, dataset: Dataset, codes: Sequence[int]) -> Floats | None:
    """Grad-CAM (Selvaraju et al. 2017) of each row's label `codes`, float64 [rows, down, across], 0 to 1 in each row.

    `learner`: a fitted deep learner. The last layer with places is taken that the label depends on: maps of filters, or
    tokens in their grid. Where its maps are too coarse to be drawn, it is a finer one before it, weighed place by place
    (LayerCAM, Jiang et al. 2021). None where it does not read pictures, or no layer of it has places. A map that is
    zero throughout: no place speaks for the label.
    """
    inputs, model = getattr(learner, "inputs_", None), getattr(learner, "model_", None)
    if not isinstance(inputs, ImageInputs) or not isinstance(model, nn.Module):
        return None
    found = []
    for start in range(0, len(dataset), BATCH):
        rows = np.arange(start, min(start + BATCH, len(dataset)))
        (pictures,) = inputs.tensors(dataset.take(rows))
        heat = _of_batch(model, pictures, torch.as_tensor(np.asarray(codes)[rows]))
        if heat is None:
            return None
        found.append(heat.cpu().numpy().astype(np.float64))
    return np.concatenate(found) if found else None


def _of_batch(model: nn.Module, pictures: Tensor, codes: Tensor) -> Tensor | None:
    """Heat [rows, down, across] of a batch; None where no layer has places."""
    where = next(model.parameters()).device
    seen: list[Tensor] = []
    handles = _watch(model, len(pictures), seen)
    try:
        with torch.enable_grad():
            logits = model(pictures.to(where))
            gained = logits.float().mean(dim=1).gather(1, codes.to(where)[:, None]).sum()
            slopes = torch.autograd.grad(gained, seen, allow_unused=True) if seen else ()
    finally:
        for handle in handles:
            handle.remove()
    told = [
        (maps[: len(pictures)].detach().float(), slope[: len(pictures)].float())
        for maps, slope in reversed(list(zip(seen, slopes, strict=True)))
        if slope is not None and _tells_places(slope[: len(pictures)])
    ]
    if not told:
        return None
    at = next((at for at, (maps, _) in enumerate(told) if _longer_side(maps) >= FINE), 0)
    return _weighed(*told[at], last=at == 0 or told[at][0].shape[2:] == told[0][0].shape[2:])


def _watch(model: nn.Module, rows: int, seen: list[Tensor]) -> list[RemovableHandle]:
    """Have every layer's maps kept in `seen`, in the order in which they are made."""

    def keep(module: nn.Module, inputs: Any, output: Any) -> Any:
        if not isinstance(output, Tensor) or not output.is_floating_point() or not _has_places(output, rows):
            return None
        if not output.requires_grad:  # nothing before it learns: the way back begins here
            output = output.detach().requires_grad_()
        kept = output.clone()  # what follows may write into it, and what is written is what counts
        seen.append(kept)
        return kept

    layers = [module for module in model.modules() if not isinstance(module, nn.ModuleList)][:MOST_MODULES]
    return [module.register_forward_hook(keep) for module in layers]


def _has_places(output: Tensor, rows: int) -> bool:
    """Whether an output is maps [rows, filters, down, across] or tokens [rows, tokens, width]; looks multiply rows."""
    if output.shape[0] < rows or output.shape[0] % rows:
        return False
    if output.ndim == 4:
        return output.shape[2] > 1 and output.shape[3] > 1
    return output.ndim == 3 and _grid(output.shape[1]) > 1


def _grid(tokens: int) -> int:
    """The side of the square that tokens stand in, one of them perhaps for the whole picture; 0 where there is none."""
    for alone in (0, 1):
        side = math.isqrt(max(tokens - alone, 0))
        if side * side == tokens - alone:
            return side
    return 0


def _tells_places(slope: Tensor) -> bool:
    """Whether the label depends on more than one place: not so where only the first token is read afterwards."""
    places = slope.abs().sum(dim=1).flatten(1) if slope.ndim == 4 else slope.abs().sum(dim=2)
    return bool(((places > 0).sum(dim=1) > 1).any())


def _longer_side(maps: Tensor) -> int:
    """Places along the longer side."""
    return max(maps.shape[2:]) if maps.ndim == 4 else _grid(maps.shape[1])


def _weighed(maps: Tensor, slope: Tensor, *, last: bool) -> Tensor:
    """Each filter weighed by its mean slope, or each token by its own; what speaks against the label is left out.

    In layers before the last places, a filter is weighed in each place by its slope there: it stands for many things.
    """
    if maps.ndim == 4 and not last:
        heat = (maps * slope.clamp_min(0)).sum(dim=1)
        heat = F.avg_pool2d(heat[:, None], 3, 1, 1, count_include_pad=False)[:, 0]  # strides leave slopes in squares
    elif maps.ndim == 4:
        heat = (maps * slope.mean(dim=(2, 3), keepdim=True)).sum(dim=1)
    else:
        side = _grid(maps.shape[1])
        heat = (maps * slope).sum(dim=2)[:, -side * side :].reshape(len(maps), side, side)
    heat = heat.clamp_min(0)
    return heat / heat.amax(dim=(1, 2), keepdim=True).clamp_min(1e-12)
