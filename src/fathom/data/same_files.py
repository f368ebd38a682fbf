"""Which files hold the same bytes under different names: a picture that was copied is the same picture."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl

from fathom.data import media
from fathom.data.media_paths import Folder
from fathom.errors import DataError

PART = 1 << 20  # bytes read at a time
REMEMBERED = 100_000  # files; a study asks several times
AT_ONCE = 256  # pictures whose pixels are compared at once
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


def contents(cells: pl.Series, folder: Path | None, *, pixels: bool = False) -> list[str]:
    """What each cell holds as a digest (32 hex digits), whatever it is called; "" where it cannot be read.

    Of a path it is the file's bytes, of encoded media their bytes. `pixels`, and always of unfolded pictures: their
    pixels as RGB, equal however a picture was stored without loss.

    >>> contents(pl.Series([b"one", b"two", b"one", None]), None)[0] == contents(pl.Series([b"one"]), None)[0]
    True
    """
    if pixels or media.is_unfolded(cells):
        starts = range(0, len(cells), AT_ONCE)
        with ThreadPoolExecutor(WORKERS) as pool:
            parts = pool.map(lambda start: _pixels(cells[start : start + AT_ONCE], folder), starts)
            return [digest for part in parts for digest in part]
    if cells.dtype == pl.Binary:
        return ["" if cell is None else _hashed(cell) for cell in cells]
    place = Folder(folder)
    stamps = [None if path is None else _stamp(path, place) for path in cells]
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(lambda stamp: "" if stamp is None else _digest(stamp), stamps))


def alike(
    one: pl.Series, one_folder: Path | None, other: pl.Series, other_folder: Path | None
) -> tuple[pl.Series, pl.Series]:
    """Two columns of media from different places as text that is equal where cells hold the same.

    A missing cell stays missing; one that cannot be read equals none of the other side.
    """
    pixels = media.is_unfolded(one) or media.is_unfolded(other)
    found = []
    for side, (cells, folder) in enumerate(((one, one_folder), (other, other_folder))):
        missing = cells.is_null().to_list()
        digests = contents(cells, folder, pixels=pixels)
        told = [
            None if gone else digest or f"{side}:{row}"
            for row, (digest, gone) in enumerate(zip(digests, missing, strict=True))
        ]
        found.append(pl.Series(cells.name, told, dtype=pl.String))
    return found[0], found[1]


def _pixels(cells: pl.Series, folder: Path | None) -> list[str]:
    """The digests of some cells' pixels and shape."""
    if media.is_unfolded(cells):
        pictures = cells.to_numpy()
        return ["" if gone else _shown(each) for each, gone in zip(pictures, cells.is_null(), strict=True)]
    digests, place = [], Folder(folder)
    for cell in cells:
        try:
            digests.append("" if cell is None else _shown(media.decode(media.read_bytes(cell, place), None, 3)))
        except media.TROUBLES:
            digests.append("")
    return digests


def _shown(pixels: media.Pixels) -> str:
    colours = np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels
    return _hashed(repr(colours.shape).encode() + np.ascontiguousarray(colours, dtype=np.uint8).tobytes())


def _hashed(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


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
