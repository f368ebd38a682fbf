"""Where a trained network is: a folder of this machine, or a name on the hub whose files are fetched once."""

from __future__ import annotations

import os
from pathlib import Path

import huggingface_hub
from huggingface_hub import errors

from fathom.errors import TrainingError
from fathom.folders import check_manifest
from fathom.messages import phrase

FILES = ["*.json", "*.safetensors", "*.txt", "*.model"]  # never pickles
CONFIG = "config.json"
MODEL, LEARNER, DESCRIPTION = "model.json", "learner", "learner.json"


def located(backbone: str) -> str:
    """The folder of a trained network; its files come from the hub where no such folder is here.

    The hub is asked only for what was named, keeps what it gave, and is not asked at all where HF_HUB_OFFLINE is set
    or where a path was named.
    A TrainingError that says what to do where there is nothing that can be used.
    """
    folder = Path(os.path.expanduser(backbone))  # noqa: PTH111  # leaves a home that is nobody's as it is
    if not folder.is_dir():
        if is_path(backbone):
            raise TrainingError(
                phrase("There is no folder '{name}'.", name=backbone),
                where="--from",
                remedy=phrase("Check the path. A network of the hub is named by its owner and name: OWNER/NAME."),
            )
        folder = Path(fetched(backbone))
    if (folder / MODEL).is_file():  # one that was learned here: what it learned is beside its record
        check_manifest(folder)
        return str((folder / LEARNER).resolve())
    if (folder / DESCRIPTION).is_file():
        return str(folder.resolve())
    if not (folder / CONFIG).is_file():
        raise TrainingError(
            phrase("The folder holds no trained network: it has no {name}.", name=CONFIG),
            where=str(folder),
            remedy=phrase("Name the folder that save_pretrained of the transformers library wrote."),
        )
    if not any(folder.glob("*.safetensors")):
        raise TrainingError(
            phrase("The network's weights are not there as safetensors; .bin files are pickles and are not loaded."),
            where=str(folder),
            remedy=phrase("Take a version with model.safetensors, or write one: save_pretrained(FOLDER)."),
        )
    return str(folder.resolve())


def is_path(name: str) -> bool:
    """Whether this is written as a path of this machine, which no name on the hub is.

    >>> is_path("./network"), is_path("models/korean/small"), is_path("owner/name")
    (True, True, False)
    """
    return name.startswith((".", "~")) or "\\" in name or name.count("/") > 1 or Path(name).is_absolute()


def fetched(name: str) -> str:
    """The folder that the hub's files of this name are kept in."""
    try:
        return str(huggingface_hub.snapshot_download(name, allow_patterns=FILES))
    except (errors.HfHubHTTPError, errors.HFValidationError, OSError, ValueError) as error:
        offline = bool(huggingface_hub.constants.HF_HUB_OFFLINE)
        why = type(error).__name__  # says more than the pages that the hub's errors tell
        raise TrainingError(
            phrase("There is no folder '{name}', and HF_HUB_OFFLINE forbids to ask the hub for it.", name=name)
            if offline
            else phrase("There is no folder '{name}', and the hub did not give it: {why}.", name=name, why=why),
            where="--from",
            remedy=phrase(
                "Check the name and the network. Where there is none: fetch it on another machine "
                "(hf download {name}), copy the folder and give its path.",
                name=name,
            ),
        ) from error
