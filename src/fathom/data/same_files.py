"""Which files hold the same bytes under different names: a picture that was copied is the same picture."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import polars as pl

from fathom.data.media_paths import Folder
from fathom.errors import DataError

PART = 1 << 20  # bytes read at a time
REMEMBERED = 100_000  # files; a study asks several times
WORKERS = min(8, (os.cpu_count() or 1))
Stamp = tuple[str, int, int]  # path, bytes, time of the last change


def first_of_same(paths: pl.Series, folder: Path | None) -> pl.Series:
    """Each path replaced by the first one whose file holds the same bytes; one that cannot be read stays as it is.

    Only files of equal length are read: of most folders that is few of them.
    """
    place = Folder(folder)
    stamps = {path: stamp for path in paths.drop_nulls().unique(maintain_order=True) if (stamp := _stamp(path, place))}
    often = Counter(size for _, size, _ in stamps.values())
    alike = {path: stamp for path, stamp in stamps.items() if often[stamp[1]] > 1}
    with ThreadPoolExecutor(WORKERS) as pool:
        digests = dict(zip(alike, pool.map(_digest, alike.values()), strict=True))
    first: dict[str, str] = {}
    for path, digest in digests.items():
        first.setdefault(digest or path, path)
    renamed = {path: first[digest] for path, digest in digests.items() if digest and first[digest] != path}
    return paths.replace(list(renamed), list(renamed.values())) if renamed else paths


def _stamp(path: str, place: Folder) -> Stamp | None:
    try:
        found = place.path(path)
        facts = os.stat(found)  # noqa: PTH116 (called for every one of many pictures)
    except (DataError, OSError, ValueError):
        return None
    return found, facts.st_size, facts.st_mtime_ns


@lru_cache(REMEMBERED)
def _digest(stamp: Stamp) -> str:
    """The file's BLAKE2 digest (hex); "" where it cannot be read. The stamp changes when the file does."""
    digest = hashlib.blake2b(digest_size=16)
    try:
        with Path(stamp[0]).open("rb") as file:
            while part := file.read(PART):
                digest.update(part)
    except OSError:
        return ""
    return digest.hexdigest()
