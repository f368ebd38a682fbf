"""The public verbs that join rooms: check, load, serve."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fathom import catalog
from fathom.checkup import Checkup
from fathom.data.check import check as findings
from fathom.data.read import read
from fathom.data.split import split
from fathom.model import Model
from fathom.serving.enrol import keeping
from fathom.serving.serve import serve as answer
from fathom.store import Store
from fathom.tasks.propose import propose


def check(
    data: Any,
    predict: str | None = None,
    *,
    task: str | None = None,
    kinds: Mapping[str, str] | None = None,
    seed: int = 0,
) -> Checkup:
    """What each column was taken for, and what is wrong with the data.

    With `predict`, the column to predict, leaks and duplicates across the split are looked for as well.

    >>> check({"age": [31.0, 64.0, 47.0], "city": ["Seoul", "Busan", "Seoul"]}).dataset.names
    ('age', 'city')
    """
    dataset = read(data, kinds=kinds)
    if predict is None:
        return Checkup(dataset, findings(dataset))
    name = task or propose(dataset, predict)
    problem = catalog.load(catalog.task(name).path).pose(dataset, predict)
    return Checkup(dataset, findings(dataset, problem, split(dataset, problem, seed=seed)), name)


def load(model: str | Path, *, store: str | Path | None = None) -> Model:
    """The model of this name in the store ("digits", "digits@2", "digits@best"), or in this folder."""
    return Store(Path(store) if store else None).load_model(str(model))


def serve(
    model: str | Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    token: str | None = None,
    store: str | Path | None = None,
) -> None:
    """Answer predictions over HTTP until interrupted; any other host than loopback needs a token."""
    kept = Store(Path(store) if store else None)
    path = kept.model_path(str(model))
    answer(path, host=host, port=port, token=token, keep=keeping(kept, path))
