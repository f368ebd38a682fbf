"""A person comes out, as a direction: pictures of one person point the same way, those of others elsewhere."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fathom.deep.heads.contrast import Contrast

WIDTH = 128  # of the vector that stands for a face
MARGIN = 0.3  # radians by which a face must be nearer to its person than it need be
SCALE = 24.0  # how sharply cosines are compared
SMALLEST = 1e-6


class Embedding(nn.Module):
    """Features float [rows, 1, width] become vectors [rows, size] of length one.

    >>> Embedding(3, 2)(torch.eye(3)[:, None]).norm(dim=1).sum().round().item()
    3.0
    """

    def __init__(self, width: int, size: int = WIDTH) -> None:
        super().__init__()
        self.even = nn.BatchNorm1d(width, affine=False)  # what all faces have in common would make all alike
        self.lower = nn.Linear(width, size, bias=False)

    def forward(self, features: Tensor) -> Tensor:
        """The vectors."""
        return F.normalize(self.lower(self.even(features[:, 0].float())), dim=1)

    def start_from(self, truth: Tensor) -> None:
        """Nothing is known of the persons beforehand."""

    def answer(self, vectors: Tensor) -> Tensor:
        """The vectors float64 [rows, size]."""
        return vectors.double()


class ArcFace(nn.Module):
    """An additive margin between persons on the sphere (Deng et al. 2019), over an embedding that outlives it.

    Each person has a centre while the network learns; afterwards the centres are gone, for a person who is enrolled
    later has none, and who is to be forgotten must leave none.

    >>> head = ArcFace(Embedding(3, 2), persons=4)
    >>> bool(head.loss(head(torch.eye(3)[:, None]), torch.zeros(3, dtype=torch.int64)) > 0)
    True
    """

    def __init__(self, embedding: Embedding, persons: int) -> None:
        super().__init__()
        self.embedding = embedding
        self.centres = nn.Parameter(torch.randn(persons, embedding.lower.out_features) * 0.1)

    def start_from(self, truth: Tensor) -> None:
        """Nothing is known of the persons beforehand."""

    def forward(self, features: Tensor) -> Tensor:
        """Vectors [rows, size] of length one."""
        vectors: Tensor = self.embedding(features)
        return vectors

    def loss(self, vectors: Tensor, truth: Tensor) -> Tensor:
        """The mean cross-entropy with the persons int64 [rows], the angle to the right one made wider by the margin."""
        cosines = (vectors @ F.normalize(self.centres, dim=1).T).clamp(-1 + SMALLEST, 1 - SMALLEST)
        right = cosines.gather(1, truth[:, None])
        wider = right * math.cos(MARGIN) - (1 - right.square()).sqrt() * math.sin(MARGIN)
        wider = torch.where(right > -math.cos(MARGIN), wider, right - MARGIN * math.sin(MARGIN))
        return F.cross_entropy(SCALE * cosines.scatter(1, truth[:, None], wider), truth)

    def score(self, vectors: Tensor, truth: Tensor) -> tuple[float, float]:
        """How hard a row's kin are to tell from the others, strangers among them; lower is better."""
        return Contrast().score(vectors[:, None], truth)

    def answer(self, vectors: Tensor) -> Tensor:
        """The vectors float64 [rows, size]."""
        return self.embedding.answer(vectors)
