"""Sets that scikit-learn ships."""

from __future__ import annotations

import numpy as np
import polars as pl
from sklearn import datasets

from fathom.data.objects import pictures


def digits() -> pl.DataFrame:
    """1,797 handwritten digits of 8 x 8 pixels (Alpaydin and Kaynak 1998): `image` (PNG bytes), `digit`."""
    found = datasets.load_digits()
    images = np.round(found.images * (255 / 16)).astype(np.uint8)
    labels = pl.Series("digit", found.target).cast(pl.String).cast(pl.Categorical)
    return pl.DataFrame([pl.Series("image", pictures(images), dtype=pl.Binary), labels])


def diabetes() -> pl.DataFrame:
    """442 patients, ten measurements in their own units, and the disease's `progression` after a year (Efron 2004)."""
    found = datasets.load_diabetes(scaled=False)
    names = [
        "age",
        "sex",
        "bmi",
        "blood_pressure",
        "cholesterol",
        "ldl",
        "hdl",
        "cholesterol_ratio",
        "lamotrigine",
        "s6",
    ]
    names[8:] = ["triglycerides_log", "glucose"]
    columns = {name: found.data[:, place] for place, name in enumerate(names)}
    return pl.DataFrame({**columns, "progression": found.target})


def breast_cancer() -> pl.DataFrame:
    """569 tumours, thirty measurements of their cells' nuclei, and the `diagnosis` (Street et al. 1993)."""
    found = datasets.load_breast_cancer()
    columns = {str(name).replace(" ", "_"): found.data[:, place] for place, name in enumerate(found.feature_names)}
    labels = [str(found.target_names[code]) for code in found.target]
    return pl.DataFrame({**columns, "diagnosis": labels})
