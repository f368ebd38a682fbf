"""Classical learners as graphs: features of pictures, and what weighs them, as tensors."""

from __future__ import annotations

from fathom.errors import ExportError
from fathom.exports.graph import Graph
from fathom.messages import phrase
from fathom.model import Model


def graph_of(model: Model) -> Graph:
    """The graph of a classical learner's model; an ExportError where there is none."""
    raise ExportError(
        phrase("'{name}' has no network that could be written as ONNX.", name=model.name),
        remedy=phrase("Serve it with `fathom serve`."),
    )
