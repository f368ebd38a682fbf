"""Small sets to try things on, without a network: the project's own and those that scikit-learn ships."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl

from fathom.data.dataset import Source
from fathom.data.samples.addresses import addresses
from fathom.data.samples.customers import customers
from fathom.data.samples.documents import documents
from fathom.data.samples.faces import faces
from fathom.data.samples.payments import payments
from fathom.data.samples.reviews import reviews
from fathom.data.samples.sales import sales
from fathom.data.samples.scenes import scenes
from fathom.data.samples.sensors import sensors
from fathom.data.samples.shapes import shapes
from fathom.data.samples.shipped import breast_cancer, diabetes, digits
from fathom.data.samples.tickets import tickets
from fathom.errors import DataError
from fathom.messages import phrase

SAMPLES: dict[str, Callable[[], pl.DataFrame]] = {
    "addresses": addresses,
    "digits": digits,
    "customers": customers,
    "scenes": scenes,
    "tickets": tickets,
    "documents": documents,
    "reviews": reviews,
    "shapes": shapes,
    "faces": faces,
    "payments": payments,
    "sales": sales,
    "sensors": sensors,
    "diabetes": diabetes,
    "breast-cancer": breast_cancer,
}


def load(name: str) -> tuple[pl.DataFrame, Source, Path | None]:
    """The sample's frame before inference, and its source.

    >>> frame, source, _ = load("customers")
    >>> frame.height, source.location
    (600, 'sample:customers')
    """
    if name not in SAMPLES:
        raise DataError(
            phrase("There is no sample '{name}'.", name=name),
            remedy=phrase("The samples are: {names}.", names=", ".join(SAMPLES)),
        )
    return SAMPLES[name](), replace(Source(), name=name, location=f"sample:{name}"), None
