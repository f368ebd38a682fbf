"""Trained networks for pictures: those of the transformers library, and those that were learned here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
import transformers
import transformers.modeling_utils  # left to its first use, it took each trial two seconds anew
from safetensors import SafetensorError
from torch import nn
from transformers import AutoConfig, AutoModel

from fathom.data import media
from fathom.data.dataset import Dataset
from fathom.deep import weights
from fathom.deep.convolutional import Convolutional
from fathom.deep.inputs.image import ImageInputs
from fathom.deep.learner import DESCRIPTION, FORMAT, WEIGHTS, misfit
from fathom.deep.networks.pictures import FULL, Published, tells_whole
from fathom.deep.transformer import Transformer
from fathom.errors import StoreError, TrainingError
from fathom.folders import write_json
from fathom.messages import phrase
from fathom.tasks.problem import Problem

BODY = "backbone.json"  # a trained network's own description
PREPARATION = "preprocessor_config.json"
USUAL = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}  # of ImageNet, where a folder does not say
USUAL_SIDE = 224
STEP = 32  # by how much networks of filters shrink their maps in all
ENLARGED = 4  # times its size that a small picture is shown at, at most: beyond, there is nothing more to be seen
LEARNED: dict[str, Any] = {
    "convolutional": Convolutional,
    "transformer": Transformer,
}  # learners whose networks read pictures
NETWORK = "network."  # where the weights of a learner's network are among its tensors
UNUSABLE = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    RuntimeError,
    ImportError,
    IndexError,
    SafetensorError,
)

transformers.utils.logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # a trial's log is no place for its advice
transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]


def opened(folder: str, problem: Problem, train: Dataset) -> tuple[nn.Module, ImageInputs, dict[str, Any]]:
    """The trained body in a folder, how pictures are shown to it, and its description as plain JSON data.

    `folder` is one of the transformers library's or that of a learner that was trained here. Nothing is fetched and no
    code of it run. A TrainingError where it cannot be used.
    """
    column = problem.inputs[0].name
    shape = media.image_shape(train[column], train.folder)
    try:
        if (Path(folder) / DESCRIPTION).is_file():
            return learned(Path(folder), column)
        return published(Path(folder), column, shape)
    except (*UNUSABLE, StoreError) as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise TrainingError(
            phrase("The trained network cannot be used: {error}", error=first),
            where=folder,
            remedy=phrase("Name another one; networks for pictures like ResNet, ConvNeXT, MobileNet or ViT fit."),
        ) from error


def published(folder: Path, column: str, shape: tuple[int, int, int]) -> tuple[nn.Module, ImageInputs, dict[str, Any]]:
    """A network of the transformers library, told what it was trained to see; pictures are shown to it whole."""
    kept: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    config = AutoConfig.from_pretrained(folder, **kept)
    config = getattr(config, "vision_config", config)  # of one for pictures and texts, the half that sees
    read: Any = AutoModel.from_pretrained(folder, config=config, use_safetensors=True, dtype=torch.float32, **kept)
    if read.main_input_name != "pixel_values":
        raise ValueError(phrase("it reads no pictures"))
    side, mean, spread = preparation(folder, config)
    if moves_freely(read):
        side = shown_at(side, max(shape[:2]))
    body = Published(read, 0)
    body.mean.copy_(mean)
    body.spread.copy_(spread)
    body.eval()
    with torch.inference_mode():
        body.features = int(body(torch.zeros(1, 3, side, side)).shape[2])
    described = {**config.to_diff_dict(), "model_type": config.model_type}
    return laid_out(body), ImageInputs(column, side, side, shape[2]), described


def learned(folder: Path, column: str) -> tuple[nn.Module, ImageInputs, dict[str, Any]]:
    """The network of a learner that was trained here, and how it was shown pictures."""
    data = weights.read_json(folder / DESCRIPTION)
    tensors, _ = weights.read(folder / WEIGHTS)
    if data.get("format") != FORMAT:
        raise ValueError(phrase("it was written by another version"))
    inputs = ImageInputs.from_json(data["inputs"])
    if data.get("kind") == "pretrained":
        described = weights.read_json(folder / BODY)
        body, prefix = restored(described, weights.bounded(data["design"])), f"{NETWORK}body."
    else:
        described = {"learner": str(data["kind"]), "design": data["design"]}
        body, prefix = restored(described, {}), NETWORK
    mine = {name.removeprefix(prefix): each for name, each in tensors.items() if name.startswith(prefix)}
    weights.fill(body, mine, str(folder))
    return laid_out(body), ImageInputs(column, inputs.height, inputs.width, inputs.channels), described


def restored(description: dict[str, Any], design: dict[str, Any]) -> nn.Module:
    """The body of a description, its weights still to come; a ValueError for one of an absurd size."""
    if "learner" in description:
        made = LEARNED.get(str(description["learner"]))
        if made is None:
            raise ValueError(phrase("'{name}' has no layers that see", name=description["learner"]))
        built: nn.Module = made.build(weights.bounded(description["design"]))
        return built
    return Published(empty(description), weights.whole(design["width"]))


def revived(folder: Path, design: dict[str, Any]) -> nn.Module:
    """The body that a learner's folder describes, its weights still to come; a StoreError where it does not fit."""
    try:
        return restored(weights.read_json(folder / BODY), design)
    except StoreError:
        raise
    except UNUSABLE as error:
        raise misfit(folder, error) from error


def empty(description: dict[str, Any]) -> nn.Module:
    """A body of this description, its weights still to come; a ValueError for one of an absurd size."""
    body: nn.Module = AutoModel.from_config(configured(description))  # type: ignore[no-untyped-call]
    return body


def configured(description: dict[str, Any]) -> Any:
    """The configuration of a description; a ValueError for one of an absurd size."""
    for name, value in description.items():
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            weights.whole(value, weights.MOST_LAYERS if "layers" in name else weights.LARGEST_SIZE)
    return AutoConfig.for_model(**{name: value for name, value in description.items() if name != "auto_map"})


def preparation(folder: Path, config: Any) -> tuple[int, torch.Tensor, torch.Tensor]:
    """The side of the pictures that a network was trained on, and their mean and spread in units of 0..255.

    As the folder says it, without the library's own code for it: that needs more libraries than it is worth. A
    network that says nothing is taken to have been trained as most were.
    """
    path = folder / PREPARATION
    said: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    wanted = said.get("crop_size") if said.get("do_center_crop") and said.get("crop_size") else said.get("size")
    if isinstance(wanted, dict):
        wanted = wanted.get("height") or wanted.get("shortest_edge")
    side = wanted or getattr(config, "image_size", None) or USUAL_SIDE
    side = weights.whole(side[0] if isinstance(side, list | tuple) else side, 4_096)
    factor = float(said.get("rescale_factor", 1 / FULL)) if said.get("do_rescale", True) else 1.0
    plain = not said.get("do_normalize", True)
    mean = torch.zeros(3) if plain else torch.tensor(said.get("image_mean", USUAL["mean"]), dtype=torch.float32)
    spread = torch.ones(3) if plain else torch.tensor(said.get("image_std", USUAL["std"]), dtype=torch.float32)
    if side < 1 or factor <= 0 or mean.shape != (3,) or spread.shape != (3,) or not (spread > 0).all():
        raise ValueError(phrase("{name} is malformed", name=PREPARATION))
    return side, (mean / factor)[:, None, None], (spread / factor)[:, None, None]


def moves_freely(body: nn.Module) -> bool:
    """Whether a network reads pictures of any size: it knows no places."""
    known = [name for name, _ in (*body.named_parameters(), *body.named_buffers())]
    return not tells_whole(body) and not any("position" in name for name in known)


def shown_at(trained: int, longest: int) -> int:
    """The side at which pictures are shown: as trained, or less where they are so small that it would be waste.

    >>> shown_at(224, 500), shown_at(224, 28), shown_at(224, 8)
    (224, 128, 32)
    """
    return min(trained, max(STEP, -(-ENLARGED * longest // STEP) * STEP))


def laid_out(body: nn.Module) -> nn.Module:
    """The body, its filters in memory as processors like them."""
    return body.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def export(body: nn.Module, inputs: ImageInputs, folder: Path) -> None:
    """Write a published body as it has learned, and how pictures are shown to it, for the transformers library."""
    if not isinstance(body, Published):
        raise TrainingError(
            phrase("The network was made here; the transformers library has none like it."),
            remedy=phrase("Start from its model instead: --from MODEL."),
        )
    folder.mkdir(parents=True, exist_ok=True)
    body.body.save_pretrained(folder)  # type: ignore[operator]
    said = {
        "do_resize": True,
        "size": {"height": inputs.height, "width": inputs.width},
        "do_center_crop": False,
        "do_rescale": True,
        "rescale_factor": 1 / FULL,
        "do_normalize": True,
        "image_mean": (body.mean.flatten() / FULL).tolist(),
        "image_std": (body.spread.flatten() / FULL).tolist(),
    }
    write_json(folder / PREPARATION, said)
