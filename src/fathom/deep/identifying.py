"""Recognising persons with a network: the head that teaches it, the gallery it compares with, both on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from fathom.data import cutting
from fathom.data.dataset import Dataset
from fathom.deep import weights
from fathom.deep.heads.identity import ArcFace, Embedding
from fathom.deep.inputs.shelf import portion
from fathom.deep.training import Model
from fathom.errors import StoreError
from fathom.messages import phrase
from fathom.tasks.gallery import Gallery, unit
from fathom.tasks.identities import Identities
from fathom.tasks.problem import Problem

Floats = npt.NDArray[np.float64]

GALLERY = "gallery.safetensors"
BATCH = 1024  # rows answered at once
NARROW = 40  # pixels a side
FIRST, FIRST_CARD = 16, 64  # channels of the first maps
LAST_SIDE, MOST_STAGES = 4, 4


def size(height: int, width: int, rows: int, where: str) -> dict[str, Any]:
    """Stem, turn, widths and depths of a network for faces.

    A processor has to see few faces very often: it takes few, coarse maps. A card can afford what pictures usually get.

    >>> size(48, 48, 300, "cpu")
    {'stem': 4, 'turn': 0.0, 'widths': [16, 32, 64], 'depths': [1, 1, 1]}
    """
    side = max(height, width)
    stem = 2 if side < NARROW else 4
    first = FIRST_CARD if where.startswith("cuda") else FIRST
    side = -(-side // stem)
    stages = 1
    while side > LAST_SIDE and stages < MOST_STAGES:
        side, stages = -(-side // 2), stages + 1
    return {
        "stem": stem,
        "turn": 0.0,
        "widths": [first * 2**stage for stage in range(stages)],
        "depths": [1] * stages,
    }


def ready(problem: Problem, dataset: Dataset) -> Dataset:
    """The rows, with faces cut out of their pictures where the problem asks for that."""
    return cutting.ready(dataset, problem.inputs[0].name, problem.cut)[0] if problem.cut else dataset


def head(network: nn.Module) -> Embedding:
    """The head that stays: it makes a vector of a network's features."""
    return Embedding(int(network.features))  # type: ignore[arg-type]


def teacher(embedding: Embedding, problem: Problem) -> ArcFace:
    """The head that learns: it knows the persons apart."""
    return ArcFace(embedding, len(problem.persons))


def vectors(model: Model, inputs: Any, dataset: Dataset) -> Floats:
    """The vector of each row, float64 [rows, size] of length one."""
    found = []
    with torch.inference_mode():
        tensors = inputs.tensors(dataset)
        where, at_once = next(model.parameters()).device, portion(tensors, BATCH)
        for start in range(0, len(dataset), at_once):
            part = [each[start : start + at_once].to(where) for each in tensors]
            found.append(model.head.answer(model(*part)).cpu().numpy())
    return unit(np.concatenate(found)) if found else np.zeros((0, model.head.lower.out_features))


def gallery(model: Model, inputs: Any, problem: Problem, train: Dataset) -> Gallery:
    """The persons of the training rows."""
    return Gallery.of(problem.persons, vectors(model, inputs, train), problem.truth(train))


def identities(known: Gallery, found: Floats, far: float) -> Identities:
    """How similar each vector is to each known person."""
    return Identities(known.persons, known.similarities(found), found, far=far)


def write(folder: Path, known: Gallery) -> None:
    """Write the persons' vectors; their names are in the problem."""
    weights.write(folder / GALLERY, {name: torch.from_numpy(array) for name, array in known.arrays().items()})


def read(folder: Path, problem: Problem) -> Gallery:
    """The gallery that `write` wrote; a StoreError where it is damaged."""
    tensors, _ = weights.read(folder / GALLERY)
    try:
        return Gallery.read(problem.persons, {name: tensor.numpy() for name, tensor in tensors.items()})
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise StoreError(
            phrase("The persons that the model knows cannot be read."),
            where=f"{folder} ({error})",
            remedy=weights.REMEDY,
        ) from error
