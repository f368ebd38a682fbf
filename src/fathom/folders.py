"""Folders that are whole or not there: written beside, renamed into place, held to a manifest of digests."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from fathom.errors import StoreError
from fathom.messages import phrase, stored

MANIFEST = "manifest.json"
TAKEN = (errno.EEXIST, errno.ENOTEMPTY, errno.EACCES)  # what renaming to a folder that is there says; Windows: the last
STALE_SECONDS = 3_600.0  # no writer takes this long between two files
BETWEEN_RENAMES_SECONDS = 5.0


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """Fill a folder beside `target`; on success it gets a manifest and becomes `target` in one rename.

    An error leaves nothing behind and whatever stood at `target` as it was. An earlier `target` is replaced.

    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp()) / "model"
    >>> with whole_folder(place) as folder:
    ...     _ = (folder / "weights.txt").write_text("1 2 3")
    >>> sorted(path.name for path in place.iterdir())
    ['manifest.json', 'weights.txt']
    """
    with _beside(target.parent, target.name) as beside:
        yield beside
        seal(beside)
        _replace(beside, target)
        _flush([target.parent])


def add_folder(parent: Path, fill: Callable[[Path], None]) -> Path:
    """A new whole folder in `parent`, filled by `fill`, called the number after the highest one there.

    Any number of processes may add at the same time; each gets a number of its own.

    >>> import tempfile
    >>> parent = Path(tempfile.mkdtemp())
    >>> [add_folder(parent, lambda folder: None).name for each in range(2)]
    ['1', '2']
    """
    with _beside(parent, "new") as beside:
        fill(beside)
        seal(beside)
        while True:
            target = parent / str(max(numbers(parent), default=0) + 1)
            try:
                beside.rename(target)  # fails where another process has just taken the number: no folder is empty
            except OSError as error:
                if error.errno not in TAKEN:
                    raise
                continue
            _flush([parent])
            return target


def numbers(parent: Path) -> list[int]:
    """The numbers that folders in `parent` are called, ascending."""
    return sorted(int(path.name) for path in parent.glob("[0-9]*") if path.name.isdecimal() and path.is_dir())


def prune(parent: Path) -> None:
    """Clear away what crashed writers left in `parent`: a folder that stepped aside returns, half folders go."""
    for path in parent.glob(".*.old"):
        target = parent / path.name.removeprefix(".").rsplit(".", 2)[0]
        with suppress(OSError):
            if not target.exists() and _age(path) > BETWEEN_RENAMES_SECONDS:
                path.rename(target)
    for path in [*parent.glob(".*.part"), *parent.glob(".*.old")]:
        with suppress(OSError):
            if _age(path) > STALE_SECONDS:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def seal(folder: Path) -> None:
    """Write the manifest and flush everything in `folder` to the disk."""
    write_manifest(folder)
    _flush([*folder.rglob("*"), folder])


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """A path beside `target` to write to; it becomes `target` in one rename, or nothing is left of it."""
    beside = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        yield beside
        beside.replace(target)
    except OSError as error:
        raise StoreError(
            phrase("'{name}' could not be written: {strerror}.", name=target.name, strerror=error.strerror or error),
            where=str(target),
            remedy=phrase("Nothing was changed. Free some space or choose another place, then repeat the command."),
        ) from error
    finally:
        with suppress(OSError):  # where the place is none, there is nothing to remove
            beside.unlink()


def write_manifest(folder: Path) -> None:
    """Write the SHA-256 of every file in `folder` into its manifest, last of all files."""
    digests = {str(path.relative_to(folder).as_posix()): _digest(path) for path in _files(folder)}
    write_json(folder / MANIFEST, digests)


def check_manifest(folder: Path) -> None:
    """Raise a StoreError that names the file unless every file is there and as it was written."""
    try:
        digests = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise StoreError(
            phrase("The manifest is missing or unreadable."),
            where=str(folder),
            remedy=phrase("The folder is damaged or no folder of fathom's; use another version, or train again."),
        ) from error
    found = {str(path.relative_to(folder).as_posix()): path for path in _files(folder)}
    for name in sorted(digests.keys() | found.keys()):
        if name not in found or name not in digests or _digest(found[name]) != digests[name]:
            trouble = (
                phrase("missing")
                if name not in found
                else phrase("not in the manifest")
                if name not in digests
                else phrase("damaged")
            )
            raise StoreError(
                phrase("The file '{name}' is {trouble}.", name=name, trouble=trouble),
                where=str(folder),
                remedy=phrase("Use another version of the model, or train it again."),
            )


def write_json(path: Path, data: Any, *, lasting: bool = True) -> None:
    """Write JSON so that a reader finds the old file or the new one, never half of either; `restore` reads phrases.

    What need not be `lasting` is not waited for: a busy disk can take seconds, and a power cut costs no more than it.
    """
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        with beside.open("w", encoding="utf-8") as file:
            json.dump(stored(data), file, ensure_ascii=False, indent=2)
            file.flush()
            if lasting:
                os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def _beside(parent: Path, name: str) -> Iterator[Path]:
    """A hidden folder in `parent` to fill; it is gone afterwards unless it was renamed."""
    beside = parent / f".{name}.{uuid.uuid4().hex[:8]}.part"
    try:
        parent.mkdir(parents=True, exist_ok=True)
        beside.mkdir()
        yield beside
    except OSError as error:
        raise StoreError(
            phrase("'{name}' could not be written: {strerror}.", name=name, strerror=error.strerror or error),
            where=str(parent),
            remedy=phrase("Nothing was changed. Free some space or choose another folder, then repeat the command."),
        ) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _age(path: Path) -> float:
    """Seconds since anything changed in the folder itself."""
    return time.time() - path.stat().st_mtime


def _files(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.rglob("*") if path.is_file() and path.relative_to(folder).as_posix() != MANIFEST
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _replace(beside: Path, target: Path) -> None:
    """Rename over `target`; a folder that stands there steps aside first."""
    if not target.exists():
        beside.rename(target)
        return
    old = target.parent / f".{target.name}.{uuid.uuid4().hex[:8]}.old"
    target.rename(old)
    beside.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _flush(paths: list[Path]) -> None:
    """Flush files and folders to the disk."""
    if os.name == "nt":  # folders cannot be opened there
        return
    for path in paths:
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            continue
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
