"""The store: the folder that keeps studies and models, with names, versions and the alias `best`."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fathom.errors import StoreError
from fathom.folders import STALE_SECONDS, add_folder, numbers, prune, write_json
from fathom.locks import locked
from fathom.messages import phrase
from fathom.model import FILE as MODEL_FILE
from fathom.model import Model, read_record
from fathom.names import check_name

BEST = "best"
STUDY_FILE = "study.json"
RUNNING = "running"


class Store:
    """Models in `root`/models/NAME/VERSION, studies in `root`/studies/NAME-NUMBER.

    The root is the one given, or $FATHOM_STORE, or ~/.fathom. Any number of processes may write at the same time.

    >>> import tempfile
    >>> Store(Path(tempfile.mkdtemp())).models()
    []
    """

    def __init__(self, root: Path | str | None = None) -> None:
        self.root = Path(root or os.environ.get("FATHOM_STORE") or Path.home() / ".fathom").expanduser()

    def models(self) -> list[dict[str, Any]]:
        """One dict for each stored version, by name and version; a damaged one says so under `trouble`."""
        names = sorted(path.name for path in (self.root / "models").glob("[!.]*") if path.is_dir())
        return [self._describe(name, number) for name in names for number in numbers(self.root / "models" / name)]

    def studies(self) -> list[dict[str, Any]]:
        """One dict for each study, the newest first: name, created, task, status, winner, path."""
        found = [_describe_study(path.parent) for path in (self.root / "studies").glob(f"[!.]*/{STUDY_FILE}")]
        return sorted(found, key=lambda study: (str(study["created"]), study["name"]), reverse=True)

    def save_model(self, model: Model, name: str) -> tuple[int, Path]:
        """Keep the model as the next version of `name`; the version's number and its folder."""
        return self._add(name, model.write)

    def adopt(
        self, folder: Path, name: str, card: dict[str, Any], beside_it: Callable[[Path], None] | None = None
    ) -> tuple[int, Path]:
        """Keep a copy of the model in `folder` as the next version of `name`, `card` added to its card.

        `beside_it` writes further files into the copy before it is sealed.
        """

        def fill(beside: Path) -> None:
            shutil.copytree(folder, beside, dirs_exist_ok=True)
            record = read_record(beside)
            write_json(beside / MODEL_FILE, {**record, "card": {**record["card"], **card}})
            if beside_it is not None:
                beside_it(beside)

        return self._add(name, fill)

    def model_path(self, model: str | Path) -> Path:
        """The folder of a model: "digits" (newest), "digits@2", "digits@best", or a folder's path."""
        text = str(model)
        if isinstance(model, Path) or os.sep in text or "/" in text or (Path(text) / MODEL_FILE).is_file():
            folder = Path(text)
            if (folder / MODEL_FILE).is_file():
                return folder
            raise StoreError(
                phrase("There is no model in this folder."),
                where=text,
                remedy=phrase("`fathom models` lists the models."),
            )
        name, _, version = text.partition("@")
        parent = self.root / "models" / check_name(name)
        versions = numbers(parent)
        if not versions:
            raise self._unknown(name)
        if version == BEST:
            return parent / str(self._aliases(parent).get(BEST, versions[-1]))
        if not version:
            return parent / str(versions[-1])
        if not (version.isascii() and version.isdecimal() and int(version) in versions):
            there = ", ".join(map(str, versions[-10:]))
            raise StoreError(
                phrase("There is no version '{version}' of the model '{name}'.", version=version, name=name),
                where=str(parent),
                remedy=phrase("Its versions are: {there}, and the alias {best}.", there=there, best=BEST),
            )
        return parent / str(int(version))

    def holds(self, name: str) -> bool:
        """Whether there is a model of this name; whatever is no name at all is none.

        >>> Store("/nowhere").holds("../etc")
        False
        """
        return bool(name) and name == Path(name).name and bool(numbers(self.root / "models" / name))

    def load_model(self, model: str | Path, trusted: tuple[str, ...] = (), module: Any = None) -> Model:
        """The model that `model_path` finds, loaded."""
        return Model.load(self.model_path(model), trusted, module)

    def new_study(self, name: str) -> Path:
        """A new, empty folder for a study called `name`, numbered after the highest there."""
        name = check_name(name)
        parent = self.root / "studies"
        parent.mkdir(parents=True, exist_ok=True)
        for folder in self.study_folders(name):  # what a process left that was killed before it wrote a record
            if time.time() - folder.stat().st_mtime > STALE_SECONDS and not (folder / STUDY_FILE).exists():
                shutil.rmtree(folder, ignore_errors=True)
        while True:
            folder = parent / f"{name}-{max(self._study_numbers(name), default=0) + 1}"
            try:
                folder.mkdir()
            except FileExistsError:
                continue
            return folder

    def study_folders(self, name: str) -> list[Path]:
        """The folders of the studies called `name`, the newest first."""
        found = sorted(self._study_numbers(check_name(name)), reverse=True)
        return [self.root / "studies" / f"{name}-{number}" for number in found]

    def study_path(self, study: str | Path) -> Path:
        """The folder of a study: "digits-2", "digits" (the newest of that name), or a folder's path."""
        text = str(study)
        if isinstance(study, Path) or os.sep in text or "/" in text or (Path(text) / STUDY_FILE).is_file():
            if (Path(text) / STUDY_FILE).is_file():
                return Path(text)
            raise StoreError(
                phrase("There is no study in this folder."), where=text, remedy=phrase("`fathom studies` lists them.")
            )
        exact = self.root / "studies" / check_name(text)
        for folder in (exact, *self.study_folders(text)):
            if (folder / STUDY_FILE).is_file():
                return folder
        raise StoreError(
            phrase("There is no study '{text}'.", text=text),
            where=str(self.root / "studies"),
            remedy=phrase("`fathom studies` lists the studies."),
        )

    def _add(self, name: str, fill: Callable[[Path], None]) -> tuple[int, Path]:
        parent = self.root / "models" / check_name(name)
        prune(parent)
        folder = add_folder(parent, fill)
        with locked(parent / ".lock"):
            aliases = self._aliases(parent)
            aliases[BEST] = _better(parent, aliases.get(BEST), int(folder.name))
            write_json(parent / "aliases.json", aliases)
        return int(folder.name), folder

    def _study_numbers(self, name: str) -> list[int]:
        tails = (path.name.removeprefix(f"{name}-") for path in (self.root / "studies").glob(f"{name}-[0-9]*"))
        return [int(tail) for tail in tails if tail.isascii() and tail.isdecimal()]

    def _aliases(self, parent: Path) -> dict[str, int]:
        try:
            found = json.loads((parent / "aliases.json").read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        there = numbers(parent)
        return {alias: number for alias, number in found.items() if number in there}

    def _describe(self, name: str, number: int) -> dict[str, Any]:
        parent = self.root / "models" / name
        path = parent / str(number)
        about = {
            "name": name,
            "version": number,
            "alias": [alias for alias, version in self._aliases(parent).items() if version == number],
            "path": str(path),
        }
        try:
            record = read_record(path)
        except StoreError as error:
            nothing = dict.fromkeys(("created", "task", "learner", "family", "score", "measure"))
            return {**about, **nothing, "trouble": error.what}
        card = record["card"]
        return {
            **about,
            "created": card.get("created"),
            "task": record["problem"]["task"],
            "learner": record["learner"],
            "family": record["family"],
            "score": card.get("score"),
            "measure": card.get("measure"),
        }

    def _unknown(self, name: str) -> StoreError:
        names = sorted({each["name"] for each in self.models()})
        return StoreError(
            phrase("There is no model '{name}'.", name=name),
            where=str(self.root / "models"),
            remedy=phrase("The models are: {names}.", names=", ".join(names))
            if names
            else phrase("Make one with `fathom compare` or `fathom train`."),
        )


def _better(parent: Path, one: int | None, other: int) -> int:
    """The version with the better score; the newer one where the two scores cannot be compared."""
    if one is None:
        return other
    try:
        cards = [read_record(parent / str(number))["card"] for number in (one, other)]
    except StoreError:
        return max(one, other)
    comparable = all(card.get("score") is not None for card in cards) and all(
        cards[0].get(key) == cards[1].get(key) for key in ("measure", "fingerprint", "higher_is_better")
    )
    if not comparable:
        return max(one, other)
    sign = 1 if cards[0].get("higher_is_better") else -1
    ahead = sign * (cards[0]["score"] - cards[1]["score"])
    return max(one, other) if ahead == 0 else one if ahead > 0 else other


def _held(lock: Path) -> bool:
    """Whether a process holds the lock."""
    if not lock.exists():
        return False
    with locked(lock, wait=False) as free:
        return not free


def _describe_study(folder: Path) -> dict[str, Any]:
    about: dict[str, Any] = {"name": folder.name, "path": str(folder)}
    try:
        record = json.loads((folder / STUDY_FILE).read_text("utf-8"))
        found = {key: record[key] for key in ("created", "task", "status")}
        if found["status"] == RUNNING and not _held(folder / ".lock"):
            found["status"] = "interrupted"  # its process was killed before it could say so
        return {**about, **found, "winner": record["verdict"]["learner"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {**about, "created": "", "task": None, "status": "damaged", "winner": None}
