"""A graph as ONNX Runtime answers with it: traced here and now, never read from a file that somebody else wrote."""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass
from typing import Any

import onnx
import onnxruntime
import torch
from torch import Tensor

from fathom.data.dataset import Dataset
from fathom.errors import ExportError
from fathom.exports.graph import Arrays, Graph
from fathom.messages import phrase
from fathom.tasks.predictions import Predictions

OPSET = 20  # the first in which pictures can be turned; ONNX Runtime 1.17 and later have it
SILENT = 4  # the runtime's messages below a fatal error stay inside: what matters is raised
ROWS = "rows"
REFUSALS = (RuntimeError, ValueError, TypeError, NotImplementedError, AttributeError, KeyError, IndexError)


def traced(graph: Graph, notes: dict[str, str] | None = None) -> bytes:
    """The graph as an ONNX file, with `notes` in its metadata; an ExportError where a part of it cannot be written.

    torch's older exporter, which follows one run of the module: it takes a tenth of a second where the newer one takes
    seconds and a compiler's memory, so that a server can do it each time it starts. It writes as a constant what
    Python computed in that run, which is why answers are compared on batches of other sizes before a file is used.
    """
    names = (*graph.inputs, *graph.outputs)
    axes = {name: {0: ROWS, **graph.longer.get(name, {})} for name in names}
    file = io.BytesIO()
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                graph.module,
                graph.example,
                file,  # type: ignore[arg-type]  # the older exporter takes what can be written to
                dynamo=False,
                opset_version=OPSET,
                input_names=list(graph.inputs),
                output_names=list(graph.outputs),
                dynamic_axes=axes,
            )
        made = onnx.load_model_from_string(file.getvalue())
        for name, note in (notes or {}).items():
            made.metadata_props.add(key=name, value=note)
        onnx.checker.check_model(made)
    except (*REFUSALS, onnx.checker.ValidationError) as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ExportError(
            phrase("The network cannot be written as ONNX: {error}", error=first),
            remedy=phrase("Serve it with `fathom serve`, or train another learner."),
        ) from error
    return bytes(made.SerializeToString())


@dataclass(frozen=True)
class Port:
    """One input or output of a file: its name, its type and its shape, a name where a side is free."""

    name: str
    type: str
    shape: tuple[int | str, ...]

    def to_json(self) -> dict[str, Any]:
        """The port as plain JSON data."""
        return {"name": self.name, "type": self.type, "shape": list(self.shape)}


class Session:
    """A traced graph in ONNX Runtime, on the processor."""

    def __init__(self, graph: Graph, data: bytes, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.log_severity_level = SILENT
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # other threads have work too
        self.graph = graph
        self.digest = hashlib.sha256(data).hexdigest()
        self.size = len(data)
        try:
            self._runtime = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # the runtime has errors of its own that share no base
            raise ExportError(_failed(error)) from error
        self.inputs = tuple(map(_port, self._runtime.get_inputs()))
        self.outputs = tuple(map(_port, self._runtime.get_outputs()))
        self._read = {each.name for each in self.inputs}

    def run(self, given: tuple[Tensor, ...]) -> Arrays:
        """What comes out for inputs of at least one row."""
        fed = {name: each.numpy() for name, each in zip(self.graph.inputs, given, strict=True) if name in self._read}
        try:
            return tuple(self._runtime.run(None, fed))
        except Exception as error:
            raise ExportError(_failed(error)) from error

    def predict(self, dataset: Dataset) -> Predictions:
        """Calibrated predictions for at least one row, in the kinds that the model was trained with."""
        return self.graph.predict(self.run, dataset)


def version() -> str:
    """The runtime's version."""
    return str(onnxruntime.__version__)


def _failed(error: Exception) -> str:
    first = (str(error).strip() or type(error).__name__).splitlines()[0]
    return phrase("ONNX Runtime cannot run what was written: {error}", error=first)


def _port(found: Any) -> Port:
    return Port(found.name, found.type.removeprefix("tensor(").removesuffix(")"), tuple(found.shape))
