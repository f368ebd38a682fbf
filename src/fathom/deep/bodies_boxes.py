"""Detectors over trained networks: opened from a folder of the transformers library, or built from a description."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import AutoConfig, AutoModel, AutoModelForObjectDetection

from fathom.deep import bodies, detector, weights
from fathom.deep.heads.boxes import Boxes
from fathom.deep.heads.queries import Pixels, Queries
from fathom.deep.networks.maps import BackboneMaps, LearnedMaps, surveyed
from fathom.deep.networks.pyramid import PyramidNetwork
from fathom.deep.training import Model
from fathom.tasks.problem import Problem

DETECTOR = "ForObjectDetection"  # how the library's detectors are called
Opened = tuple[Model, dict[str, Any], dict[str, Any]]  # with its design and the network's own description


def published(folder: Path, problem: Problem, where: str) -> Opened:
    """The model that starts from a network of the transformers library, with a pyramid unless it is a detector."""
    kept: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    config = AutoConfig.from_pretrained(folder, **kept)
    _, mean, spread = bodies.preparation(folder, config)
    if any(name.endswith(DETECTOR) for name in getattr(config, "architectures", None) or ()):
        read: Any = AutoModelForObjectDetection.from_pretrained(
            folder,
            num_labels=len(problem.boxes),
            ignore_mismatched_sizes=True,
            use_safetensors=True,
            dtype=torch.float32,
            **kept,
        )
        design: dict[str, Any] = {"queries": 1}
    else:
        read = AutoModel.from_pretrained(folder, use_safetensors=True, dtype=torch.float32, **kept)
        design = designed(read, where)
    model = built(read, design, problem)
    model.network.mean.copy_(mean)  # type: ignore[operator]
    model.network.spread.copy_(spread)  # type: ignore[operator]
    return model, design, {**read.config.to_diff_dict(), "model_type": read.config.model_type}


def designed(read: nn.Module, where: str) -> dict[str, Any]:
    """The design of a pyramid over a network of the library; a ValueError where it makes no maps of places."""
    return {**surveyed(read), "width": detector.WIDTH[where.partition(":")[0]]}


def built(read: nn.Module, design: dict[str, Any], problem: Problem) -> Model:
    """The model over a trained network."""
    if "queries" in design:
        model = Model(Pixels(), Queries(read, len(problem.boxes)))
    else:
        network = LearnedMaps(read) if isinstance(read, PyramidNetwork) else BackboneMaps(read, **design)
        model = Model(network, Boxes(network.features, len(problem.boxes), network.strides))
    bodies.laid_out(model)
    return model


def revived(description: dict[str, Any], design: dict[str, Any], problem: Problem) -> Model:
    """The model of a description, its weights still to come."""
    if "learned" in design:
        return built(PyramidNetwork(**weights.bounded(description["design"])), design, problem)
    if "queries" not in design:
        return built(bodies.empty(description), design, problem)
    config = bodies.configured(description)
    config.num_labels = len(problem.boxes)
    return built(AutoModelForObjectDetection.from_config(config), design, problem)  # type: ignore[no-untyped-call]
