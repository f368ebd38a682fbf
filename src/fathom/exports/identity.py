"""Who is on a picture, as a graph: it makes the vector of a face; whom the model knows stands beside the file."""

from __future__ import annotations

from typing import Any

from torch import nn

from fathom.errors import ExportError
from fathom.exports.answers import Answers
from fathom.exports.graph import Arrays, in_batches
from fathom.messages import phrase
from fathom.model import Model, calibrated
from fathom.tasks.gallery import unit
from fathom.tasks.identities import Identities
from fathom.tasks.predictions import Predictions


def answers(model: Model, plain: nn.Module) -> Answers:
    """Vectors of length one, and the persons' own to compare them with."""
    learner: Any = model.learner
    if not hasattr(learner, "gallery_"):
        raise ExportError(
            phrase("'{name}' has no network that could be written as ONNX.", name=model.name),
            remedy=phrase("Serve it with `fathom serve`."),
        )
    known = learner.gallery_

    def read(found: Arrays) -> Predictions:
        vectors = unit(found[0])
        said = Identities(known.persons, known.similarities(vectors), vectors, far=model.problem.far)
        return calibrated(said, model.calibration)

    meaning = {
        "persons": list(known.persons),
        "gallery": unit(known.sums).tolist(),
        "pictures": known.counts.tolist(),
        "compare": "the product of a row's vector and a person's is their similarity; calibration holds the thresholds",
    }
    return Answers(plain, ("vector",), lambda tensors: in_batches(tensors, read), meaning)
