"""A scikit-learn estimator in a skops file, read only if every type in it is on a fixed list."""

from __future__ import annotations

import json
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.tree import _tree
from skops import io as skops

from fathom.errors import StoreError
from fathom.messages import phrase

# Types that fitted estimators of scikit-learn hold beside those that skops trusts by itself. None runs code when built.
TRUSTED = frozenset(
    {
        "numpy.dtype",
        "numpy.mean",
        "scipy.interpolate._bsplines.BSpline",
        "sklearn._loss.loss.HalfTweedieLoss",
        "sklearn._loss.loss.HalfTweedieLossIdentity",
        "sklearn.calibration._CalibratedClassifier",
        "sklearn.calibration._SigmoidCalibration",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn.feature_selection._univariate_selection.f_classif",
        "sklearn.feature_selection._univariate_selection.f_regression",
        "sklearn.gaussian_process._gpc._BinaryGaussianProcessClassifierLaplace",
        "sklearn.gaussian_process.kernels.ConstantKernel",
        "sklearn.gaussian_process.kernels.Product",
        "sklearn.gaussian_process.kernels.RBF",
        "sklearn.gaussian_process.kernels.Sum",
        "sklearn.gaussian_process.kernels.WhiteKernel",
        "sklearn.metrics._dist_metrics.EuclideanDistance64",
        "sklearn.metrics._dist_metrics.ManhattanDistance64",
        "sklearn.neighbors._ball_tree.BallTree",
        "sklearn.neighbors._kd_tree.KDTree",
        "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
        "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
        "sklearn.tree._tree.Tree",
    }
)
ENTRY = re.compile(r"schema\.json|\d+\.np[yz]")
MOST_BYTES = 4_000_000_000  # of all entries, unpacked
MOST_SCHEMA_BYTES = 200_000_000
BLOATING = frozenset({"bytes_", "void", "str_"})  # made from a number, these allocate as many bytes as it says


def write(path: Path, estimator: Any) -> None:
    """Write an estimator; a StoreError where skops has no way to write a part of it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            skops.dump(estimator, path)
    except Exception as error:  # skops raises many kinds; each means the same to a person
        raise StoreError(
            phrase("'{name}' cannot be written without pickle: {error}", name=type(estimator).__name__, error=error),
            where=str(path.parent),
            remedy=phrase(
                "Use parts that skops can write: scikit-learn's own, or classes with __getstate__ of plain data."
            ),
        ) from error


def foreign(path: Path, trusted: Iterable[str] = ()) -> list[str]:
    """The types in a file that are neither on the fixed list nor trusted by the caller; nothing is built."""
    return sorted(set(skops.get_untrusted_types(file=path)) - TRUSTED - set(trusted))


def read(path: Path, trusted: Iterable[str] = ()) -> Any:
    """The estimator in a file; a StoreError, before anything is built, where a type is not trusted.

    `trusted`: further types, by full name, that the caller vouches for.
    """
    try:
        _check_archive(path)
        unknown = foreign(path, trusted)
        if unknown:
            raise StoreError(
                phrase("The file holds types that are not trusted: {names}.", names=", ".join(unknown)),
                where=str(path),
                remedy=phrase(
                    "If you made this file yourself, name them: load(..., trusted=[...]). Otherwise delete it."
                ),
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            estimator = skops.load(path, trusted=[*TRUSTED, *trusted])
        for tree in _trees(estimator, set()):
            _check_tree(tree)
    except StoreError:
        raise
    except Exception as error:  # a damaged file fails in as many ways as there are bytes
        raise StoreError(
            phrase("The file '{name}' cannot be read: {error}", name=path.name, error=error or type(error).__name__),
            where=str(path.parent),
            remedy=phrase("Use another version of the model, or train it again."),
        ) from error
    return estimator


def _check_archive(path: Path) -> None:
    """Entries by known names and of sane sizes; no array or random state that would reach outside its memory."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if any(ENTRY.fullmatch(entry.filename) is None for entry in entries):
            raise ValueError(phrase("an entry has a strange name"))
        if sum(entry.file_size for entry in entries) > MOST_BYTES:
            raise ValueError(phrase("it unpacks to more than is sane"))
        if archive.getinfo("schema.json").file_size > MOST_SCHEMA_BYTES:
            raise ValueError(phrase("its schema is larger than is sane"))
        schema = json.loads(archive.read("schema.json"))
    for node in _nodes(schema):
        loader = node.get("__loader__")
        if loader == "NdArrayNode" and node.get("__class__") in BLOATING:
            raise ValueError(phrase("an array is a numpy.{kind}", kind=node["__class__"]))
        if loader == "RandomStateNode" and not all(0 <= place <= 624 for place in _places(node)):
            raise ValueError(phrase("a random state is out of range"))


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every JSON object inside a value."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            yield found
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)


def _places(node: dict[str, Any]) -> list[int]:
    """The positions inside a random state's table of numbers."""
    found = [each["pos"] for each in _nodes(node) if isinstance(each.get("pos"), dict)]
    return [int(json.loads(each["content"])) for each in found]


def _trees(value: Any, seen: set[int]) -> Iterator[Any]:
    """Every tree inside a built estimator."""
    if id(value) in seen or isinstance(value, str | bytes | int | float | type(None)):
        return
    seen.add(id(value))
    if isinstance(value, _tree.Tree):
        yield value
        return
    parts: Iterable[Any] = ()
    if isinstance(value, dict):
        parts = value.values()
    elif isinstance(value, list | tuple | set) or (isinstance(value, np.ndarray) and value.dtype == object):
        parts = value if not isinstance(value, np.ndarray) else value.ravel()
    elif hasattr(value, "__dict__"):
        parts = vars(value).values()
    for part in parts:
        yield from _trees(part, seen)


def _check_tree(tree: Any) -> None:
    """Raise a ValueError unless every walk from the root ends in a leaf of the same tree."""
    left, right, feature = tree.children_left, tree.children_right, tree.feature
    here = np.arange(tree.node_count)
    inner = left != -1
    children = (left > here) & (right > here) & (left < tree.node_count) & (right < tree.node_count)
    if not np.all(~inner | (children & (feature >= 0) & (feature < tree.n_features))):
        raise ValueError(phrase("a tree's node points outside the tree"))
