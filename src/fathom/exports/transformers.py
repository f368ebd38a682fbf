"""A network that went on learning, in the format of the transformers library."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fathom.errors import ExportError
from fathom.exports import place
from fathom.messages import phrase
from fathom.model import Model


def write(model: Model, folder: Path, data: Any = None) -> dict[str, Any]:
    """Write the body of a model of `pretrained` into `folder`, without its head and the columns beside the text."""
    learner: Any = model.learner
    if not hasattr(learner, "export"):
        raise ExportError(
            phrase("'{name}' has no network of the transformers library inside.", name=model.name),
            remedy=phrase("Models of `pretrained` have; others are exported with --to onnx."),
        )
    about = {**place.described(model, "transformers"), "head": False}

    def fill(beside: Path) -> dict[str, Any]:
        learner.export(beside)
        return about

    place.filled(folder, fill)
    return about
