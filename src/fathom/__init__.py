"""Is classical machine learning enough, or do you need deep learning? An answer with evidence, from your own data.

>>> import fathom
>>> sorted(fathom.__all__)
['Dataset', 'Model', 'Study', 'advise', 'analyse', 'check', 'compare', 'explain', 'load', 'read', 'serve', 'train']
"""

from __future__ import annotations

import importlib

TYPE_CHECKING = False  # type checkers take it for true; the typing module itself would be half the import time
if TYPE_CHECKING:
    from fathom.analytics.analyse import analyse
    from fathom.data.dataset import Dataset
    from fathom.data.read import read
    from fathom.model import Model
    from fathom.protocol.advice.advise import advise
    from fathom.protocol.compare import compare
    from fathom.protocol.study import Study
    from fathom.protocol.train import train
    from fathom.verbs import check, explain, load, serve

__version__ = "0.1.0"

PUBLIC = {  # name: the module it is loaded from when it is first used
    "Dataset": "fathom.data.dataset",
    "Model": "fathom.model",
    "Study": "fathom.protocol.study",
    "advise": "fathom.protocol.advice.advise",
    "analyse": "fathom.analytics.analyse",
    "check": "fathom.verbs",
    "compare": "fathom.protocol.compare",
    "explain": "fathom.verbs",
    "load": "fathom.verbs",
    "read": "fathom.data.read",
    "serve": "fathom.verbs",
    "train": "fathom.protocol.train",
}

__all__ = [
    "Dataset",
    "Model",
    "Study",
    "advise",
    "analyse",
    "check",
    "compare",
    "explain",
    "load",
    "read",
    "serve",
    "train",
]


def __getattr__(name: str) -> object:
    """The public name, its module imported on first use."""
    if name not in PUBLIC:
        raise AttributeError(f"module 'fathom' has no attribute '{name}'; its public names are: {', '.join(PUBLIC)}")
    found = getattr(importlib.import_module(PUBLIC[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """The public names, loaded or not."""
    return sorted([*globals(), *PUBLIC])
