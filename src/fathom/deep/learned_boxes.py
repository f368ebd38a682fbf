"""Detectors that start from what was learned here: from detectors, with their heads, and from what labels pictures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from fathom.deep import bodies, detector, weights
from fathom.deep.bodies import BODY, NETWORK
from fathom.deep.bodies_boxes import Opened, built, designed, revived
from fathom.deep.heads.boxes import Boxes
from fathom.deep.learner import DESCRIPTION, FORMAT, WEIGHTS
from fathom.deep.networks.pyramid import PyramidNetwork
from fathom.deep.training import Model
from fathom.messages import phrase
from fathom.tasks.problem import Problem

FILTERS, STARTED = "convolutional", "pretrained"  # the learners whose networks find boxes
HEAD, BODIES = "head.", f"{NETWORK}body."  # where their weights are among the tensors
FINEST = 8  # pixels across a place of the finest map that things are looked for in
CLOSEST = 2  # pixels across a place of the first map, at least
COLOURS = 3
OF_LABELS = re.compile("class|score")  # in the names of weights of published detectors that follow from their labels


def learned(folder: Path, problem: Problem, where: str) -> Opened:
    """The model that starts from a learner's folder, its design and the network's own description.

    A detector gives its filters, its pyramid and its head, of which the part for labels is kept where labels are the
    same; a network that labels pictures gives its filters. A ValueError where it has no maps of places.
    """
    data = weights.read_json(folder / DESCRIPTION)
    kind, design = str(data.get("kind")), weights.bounded(data["design"])
    if data.get("format") != FORMAT:
        raise ValueError(phrase("it was written by another version"))
    if kind not in (FILTERS, STARTED):
        raise ValueError(phrase("its states are no maps of places"))
    tensors, _ = weights.read(folder / WEIGHTS)
    described = weights.read_json(folder / BODY) if kind == STARTED else {"learner": kind, "design": design}
    labels = tuple(data["problem"].get("boxes") or ())
    if labels:
        design = design if kind == STARTED else {"learned": 1}
        model = revived(described, design, problem)
        weights.fill(model.network, part(tensors, NETWORK), str(folder))
        inherit(model, part(tensors, HEAD), labels, problem.boxes)
        return model, design, described
    mine = part(tensors, BODIES if kind == STARTED else NETWORK)
    if "learner" not in described:
        body: Any = bodies.restored(described, design)
        weights.fill(body, mine, str(folder))
        maps = designed(body.body, where)
        model = built(body.body, maps, problem)
        model.network.mean.copy_(body.mean)  # type: ignore[operator]
        model.network.spread.copy_(body.spread)  # type: ignore[operator]
        return model, maps, described
    width = detector.WIDTH[where.partition(":")[0]]
    network, design = pyramid(described, mine, width, str(folder))
    return built(network, {"learned": 1}, problem), {"learned": 1}, {"learner": FILTERS, "design": design}


def part(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """The tensors below a prefix, without it."""
    return {name.removeprefix(prefix): each for name, each in tensors.items() if name.startswith(prefix)}


@torch.no_grad()
def inherit(model: Model, known: dict[str, Tensor], before: Sequence[str], now: Sequence[str]) -> None:
    """Give a detector's head what another one learned; of new labels nothing is known, of those of both what was."""
    own = isinstance(model.head, Boxes)
    for name, weight in model.head.state_dict().items():
        found = known.get(name)
        if found is None:
            continue
        if own and name.startswith("surety."):
            for code, label in enumerate(now):
                if label in before:
                    weight[code] = found[list(before).index(label)]
        elif found.shape == weight.shape and (own or tuple(before) == tuple(now) or not OF_LABELS.search(name)):
            weight.copy_(found)


def pyramid(
    described: dict[str, Any], known: dict[str, Tensor], width: int, where: str
) -> tuple[PyramidNetwork, dict[str, Any]]:
    """The filters of a network that labels pictures, under a new pyramid of so many channels; and its design.

    Both are made of the same blocks; what is averaged over places there is looked at place by place here.
    """
    if described["learner"] != FILTERS:
        raise ValueError(phrase("its states are no maps of places"))
    before = weights.bounded(described["design"])
    stem, widths, depths = before["stem"], before["widths"], before["depths"]
    if stem < CLOSEST:
        raise ValueError(phrase("it learned from pictures that are too small to find things in"))
    skip = next((stage for stage in range(len(widths)) if stem * 2**stage >= FINEST), len(widths) - 1)
    design = {"channels": COLOURS, "widths": widths, "depths": depths, "stem": stem, "skip": skip, "width": width}
    network = PyramidNetwork(**design)
    stages = [(stage, place) for stage, depth in enumerate(depths) for place in range(depth)]
    found: dict[str, Tensor] = {}
    for name, each in known.items():
        first, _, rest = name.partition(".")
        if first == "blocks":
            number, _, rest = rest.partition(".")
            stage, place = stages[int(number)]
            found[f"body.stages.{stage}.{place}.{rest}"] = each
        elif first == "stem":
            found[f"body.{name}"] = each if each.shape[1] == COLOURS else each.expand(-1, COLOURS, -1, -1) / COLOURS
        elif first == "norm":
            found[f"body.norms.{len(widths) - 1 - skip}.{rest}"] = each
        else:
            found[name] = each.expand(COLOURS, 1, 1)
    weights.fill(network, {**network.state_dict(), **found}, where)
    return network, design
