"""A forecaster that was trained on other series, under a decoder that learns what these have beside them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from fathom.deep.heads.quantiles import figures_of
from fathom.deep.networks.series import Ahead

DECILES = 9  # that some forecasters say: 0.1 to 0.9
TAIL = 0.826  # from 0.1 to 0.05, of the distance from 0.2 to 0.1, of what is normally distributed
PATCHED = ("patchtst", "patchtsmixer")  # those with a length of their own that they look back
TOLD = ("timesfm", "timesfm2_5")  # those that look back as far as they are shown, and say deciles
TRACE = 1e-4  # units
LEAST_GAP, MOST_GAP = 1e-4, 1e4  # between quantiles, in units of a window


class SeriesPublished(nn.Module):
    """What a published forecaster says of a window's values, corrected step by step.

    `body` is one of the transformers library's: PatchTST (Nie et al. 2023), PatchTSMixer (Ekambaram et al. 2023) or
    TimesFM (Das et al. 2024). Nothing learned yet, it answers as it was published; where it says deciles, with them.
    Of what lies further ahead than it looks, it is asked again with what it said before.

    Past steps float [rows, context, channels], steps ahead [rows, steps, ahead], numbers and codes go in; figures
    [rows, steps, FIGURES] come out.
    """

    features = members = 1

    def __init__(self, body: nn.Module, *, context: int, steps: int, ahead: int, **_: Any) -> None:
        super().__init__()
        self.body, self.context, self.steps = body, context, steps
        self.family = str(body.config.model_type)  # type: ignore[union-attr]
        self.ahead = Ahead(1, ahead)
        self.rates: dict[str, float] = {}

    def forward(self, past: Tensor, ahead: Tensor, numbers: Tensor, codes: Tensor) -> Tensor:
        """Figures of each step ahead."""
        points, gaps = self.asked(past[:, :, 0], past[:, :, 1])
        figures: Tensor = self.ahead(points[:, :, None], ahead)
        if gaps is None:
            return figures
        return torch.cat([figures[..., :2], figures[..., 2:] + gaps], dim=2)

    def asked(self, values: Tensor, known: Tensor) -> tuple[Tensor, Tensor | None]:
        """What the body says: medians [rows, steps], and the gaps between quantiles as figures; None: it says none."""
        points: list[Tensor] = []
        gaps: list[Tensor] = []
        while sum(each.shape[1] for each in points) < self.steps:
            point, gap = self._once(values, known)
            points.append(point)
            gaps.extend([] if gap is None else [gap])
            values = torch.cat([values, point], dim=1)[:, -self.context :]
            known = torch.cat([known, torch.ones_like(point)], dim=1)[:, -self.context :]
        said = torch.cat(points, dim=1)[:, : self.steps]
        return said, torch.cat(gaps, dim=1)[:, : self.steps] if gaps else None

    def _once(self, values: Tensor, known: Tensor) -> tuple[Tensor, Tensor | None]:
        body: Any = self.body
        if self.family in TOLD:
            found = body(
                past_values=self._told(values, known), forecast_context_len=self.context, truncate_negative=False
            )
            deciles = found.full_predictions[..., -DECILES:].nan_to_num(0.0)
            return deciles[..., DECILES // 2], gaps_of(deciles)
        mask = "past_observed_mask" if self.family == "patchtst" else "observed_mask"
        found = body(past_values=values[:, :, None], **{mask: known[:, :, None]})
        said = found.prediction_outputs
        if isinstance(said, tuple):
            said = body.distribution_output.distribution(said, loc=found.loc, scale=found.scale).mean
        return said[..., 0].nan_to_num(0.0), None

    def _told(self, values: Tensor, known: Tensor) -> Tensor:
        """The values with the first that is known before it, and a trace of movement where all are alike.

        Gradients of patches that are padded, or of noughts alone, are no numbers.
        """
        places = torch.arange(values.shape[1], device=values.device)
        first = torch.where(known > 0, places, values.shape[1] - 1).min(dim=1, keepdim=True).values
        held = torch.where(places < first, values.gather(1, first), values)
        return held + TRACE * torch.cos(2.3 * (places - values.shape[1]))


def gaps_of(deciles: Tensor) -> Tensor:
    """Figures [..., 10] for the head's quantiles from deciles [..., 9], which may be in any order.

    >>> gaps_of(torch.arange(9.0)).shape
    torch.Size([10])
    """
    gaps = deciles.sort(dim=-1).values.diff(dim=-1)
    gaps = torch.cat([TAIL * gaps[..., :1], gaps, TAIL * gaps[..., -1:]], dim=-1).clamp(LEAST_GAP, MOST_GAP)
    return figures_of(gaps)
