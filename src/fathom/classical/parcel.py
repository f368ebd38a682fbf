"""A person's own estimator on its way to the process of its trial: a skops file, and what to hold it to."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from fathom.classical import estimator_file
from fathom.errors import StoreError, TrainingError
from fathom.messages import phrase

FILE = "estimator.skops"
MAIN = ("__main__", "__mp_main__")
PLAIN = (str, int, float, bool, type(None))


@dataclass(frozen=True)
class Parcel:
    """An estimator as bytes. `types`: those in it beyond the fixed list; `modules`: name and file of where they are."""

    content: bytes
    types: tuple[str, ...]
    modules: dict[str, str]

    def leave(self, folder: Path) -> dict[str, Any]:
        """Write the file into `folder`; what `unpack` must be told, as plain JSON data."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE).write_bytes(self.content)
        digest = hashlib.sha256(self.content).hexdigest()
        return {"sha256": digest, "types": list(self.types), "modules": self.modules}


def pack(estimator: Any) -> Parcel:
    """The estimator, ready to travel; a StoreError that says why where another process could not make the same of it.

    >>> from sklearn.linear_model import Ridge
    >>> pack(Ridge(alpha=2.0)).types
    ()
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        estimator_file.write(path, estimator)
        types = tuple(estimator_file.foreign(path))
        modules = dict(_home(name) for name in types)
        if not _same(estimator, estimator_file.read(path, types)):
            raise StoreError(phrase("read back from a file, it is not what it was"))
        return Parcel(path.read_bytes(), types, {name: file for name, file in modules.items() if file})


def unpack(folder: Path, told: dict[str, Any]) -> Any:
    """The estimator that `Parcel.leave` wrote into `folder`.

    Its types are trusted because `told` comes from the process that the person handed the object to.
    """
    path = folder / FILE
    if hashlib.sha256(path.read_bytes()).hexdigest() != told["sha256"]:
        raise StoreError(phrase("The file of the estimator is not the one that the study wrote."), where=str(path))
    find(told["modules"])
    return estimator_file.read(path, told["types"])


def find(modules: dict[str, str]) -> None:
    """Import modules from where the study's process has them; a TrainingError where another one is in its place."""
    for name, file in modules.items():
        root = _root(name, Path(file))
        if name not in sys.modules and root not in sys.path:
            sys.path.insert(0, root)
        found = _file(importlib.import_module(name))
        if found != file:
            raise TrainingError(
                phrase("The module '{name}' is found at {found}, and not at {file}.", name=name, found=found, file=file)
            )


def _home(name: str) -> tuple[str, str]:
    """The module that a type is in, and that module's file; a StoreError where another process would not find it."""
    place, _, last = name.rpartition(".")
    module = sys.modules.get(place)
    if place in MAIN:
        raise StoreError(
            phrase("'{last}' is defined in the running program or notebook, and not in a module", last=last)
        )
    if module is None or not hasattr(module, last):
        raise StoreError(phrase("'{last}' cannot be imported by its name", last=last))
    file = getattr(module, "__file__", None)
    if file is None and place not in sys.builtin_module_names:
        raise StoreError(phrase("the module '{place}' of '{last}' has no file", place=place, last=last))
    return place, str(Path(file).resolve()) if file else ""


def _root(name: str, file: Path) -> str:
    """The folder that a module's import begins in.

    >>> _root("zoo.pets", Path("/home/me/zoo/pets.py")), _root("zoo", Path("/home/me/zoo/__init__.py"))
    ('/home/me', '/home/me')
    """
    steps = name.count(".") + (file.stem == "__init__")
    return str(file.parents[steps])


def _file(module: ModuleType) -> str:
    return str(Path(module.__file__ or "").resolve())


def _same(before: Any, after: Any) -> bool:
    """Whether two estimators have parameters of the same types, plain values and functions."""
    ours, theirs = before.get_params(deep=True), after.get_params(deep=True)
    return (
        type(before) is type(after) and ours.keys() == theirs.keys() and all(_alike(ours[k], theirs[k]) for k in ours)
    )


def _alike(ours: Any, theirs: Any) -> bool:
    if type(ours) is not type(theirs):
        return False
    if inspect.isroutine(ours) or inspect.isclass(ours):
        return ours is theirs
    return not isinstance(ours, PLAIN) or ours == theirs or ours != ours
