"""What a network on series says becomes forecasts."""

from __future__ import annotations

import numpy as np
import torch

from fathom.data.dataset import Dataset
from fathom.deep.inputs.series import SeriesInputs
from fathom.deep.training import Model
from fathom.tasks.forecasts import LEVELS, Forecasts

ANSWER_ROWS = 2_048  # windows forecast at once


def forecasts(inputs: SeriesInputs, model: Model, dataset: Dataset) -> Forecasts:
    """What comes next in each row, in its series' own units."""
    said = np.zeros((len(dataset), inputs.horizon.ahead, len(LEVELS) + 1))
    where = next(model.parameters()).device
    with torch.inference_mode():
        for start in range(0, len(dataset), ANSWER_ROWS):
            rows = np.arange(start, min(start + ANSWER_ROWS, len(dataset)))
            tensors, middle, unit = inputs.read(dataset.take(rows))
            found = model.head.answer(model(*(each.to(where) for each in tensors))).cpu().numpy()
            moves = (tensors[0][:, :, 0] != 0).any(dim=1).numpy()[:, None]  # a history that never did is said to stay
            said[rows] = found * np.where(moves, unit, 0.0)[:, :, None] + middle[:, :, None]
    return Forecasts.of(said[:, :, -1], said[:, :, :-1])
