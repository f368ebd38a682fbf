"""Where features become outputs, for each member of an ensemble."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Members(nn.Module):
    """Weighted sums with weights of its own for each member.

    Features float [rows, members, width] go in, [rows, members, outputs] come out.

    >>> Members(width=3, members=2, outputs=5)(torch.zeros(7, 2, 3)).shape
    torch.Size([7, 2, 5])
    """

    def __init__(self, width: int, members: int, outputs: int) -> None:
        super().__init__()
        bound = width**-0.5
        self.weight = nn.Parameter(torch.empty(members, width, outputs).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(members, outputs))

    def forward(self, features: Tensor) -> Tensor:
        """Outputs of each member."""
        if features.shape[1] == 1:
            return F.linear(features, self.weight[0].T, self.bias[0])
        return torch.baddbmm(self.bias[:, None], features.transpose(0, 1), self.weight).transpose(0, 1)


class AsItIs(nn.Module):
    """For a network whose features are the outputs already: [rows, outputs] or [rows] become [rows, 1, outputs].

    >>> AsItIs()(torch.zeros(7)).shape
    torch.Size([7, 1, 1])
    """

    def forward(self, features: Tensor) -> Tensor:
        """Outputs of the only member."""
        return features.reshape(len(features), 1, -1)


def wide(outputs: Tensor) -> Tensor:
    """In float64, so that little is lost in sums and powers; while traced as it is, for few runtimes have float64.

    >>> wide(torch.zeros(2)).dtype
    torch.float64
    """
    return outputs if torch.onnx.is_in_onnx_export() else outputs.double()
