"""What a record of entities looks like for a model."""

from __future__ import annotations

from collections.abc import Sequence

from fathom.errors import FathomError
from fathom.messages import phrase
from fathom.model import Model
from fathom.records.record import Form, shapes


def form_of(model: Model, patterns: Sequence[str], region: str) -> Form:
    """The form of the model's labels and of the known shapes; a FathomError where the model finds no entities."""
    if not model.problem.labels:
        raise FathomError(
            phrase("The model predicts '{target}', not entities of a text.", target=model.problem.target),
            where="--records",
            remedy=phrase("Use a model for named-entity-recognition: `fathom models` lists those there are."),
        )
    return Form(model.problem.labels, shapes(patterns, region.upper()))
