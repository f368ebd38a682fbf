"""Pictures that a person gives one by one: files, folders of them, bytes or arrays, each looked at before use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from fathom.data import media
from fathom.data.kinds import Kind
from fathom.data.media_paths import SUFFIXES
from fathom.data.same_files import contents
from fathom.errors import DataError
from fathom.messages import phrase

MOST = 10_000  # of a folder


class Given(NamedTuple):
    """A picture: what a person calls it, and the encoded picture."""

    name: str
    data: bytes


def pictures(given: Iterable[Any]) -> list[Given]:
    """The encoded pictures; a DataError that names the first that cannot be read, or the folder that has none.

    `given`: paths of files, or of folders whose pictures are all taken (str or Path), encoded bytes, uint8 arrays, or
    what was looked at before.

    >>> len(pictures([np.zeros((8, 8), dtype=np.uint8)]))
    1
    """
    found = []
    for name, data in _encoded(given):
        try:
            media.decode(data, None, 3)
        except media.TROUBLES as error:
            raise _unreadable(name, error) from error
        found.append(Given(name, data))
    return found


def cells(values: Iterable[Any]) -> list[Any]:
    """Values of a column of pictures: paths of files and arrays as encoded pictures, anything else as it is.

    A DataError that names the first file that is not there.

    >>> cells([None, b"encoded"])
    [None, b'encoded']
    """
    found = []
    for each in values:
        if isinstance(each, str | Path):
            found.append(_read(Path(each).expanduser()))
        else:
            found.append(media.encode(each) if isinstance(each, np.ndarray) else each)
    return found


def distinct(given: list[Given]) -> list[Given]:
    """The pictures, each only once: equal pixels are one picture, however they were stored.

    >>> dot = np.zeros((8, 8), dtype=np.uint8)
    >>> len(distinct(pictures([dot, dot, dot + 1])))
    2
    """
    digests = contents(pl.Series([each.data for each in given], dtype=pl.Binary), None, pixels=True)
    return list(dict(zip(reversed(digests), reversed(given), strict=True)).values())[::-1]


def _encoded(given: Iterable[Any]) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each picture."""
    for place, each in enumerate(given, start=1):
        if isinstance(each, str | Path):
            yield from ((str(path), _read(path)) for path in _files(Path(each).expanduser()))
        elif isinstance(each, np.ndarray):
            yield phrase("picture {place}", place=place), media.encode(each)
        elif isinstance(each, Given):
            yield each
        elif isinstance(each, bytes):
            yield phrase("picture {place}", place=place), each
        else:
            raise DataError(
                phrase("A {name} is no picture.", name=type(each).__name__),
                where=phrase("picture {place}", place=place),
                remedy=phrase("Give paths, encoded bytes or arrays of pixels."),
            )


def _files(path: Path) -> list[Path]:
    """The file, or the pictures in the folder."""
    if not path.is_dir():
        return [path]
    suffixes = {f".{suffix}" for suffix in SUFFIXES[Kind.IMAGE]}
    found = sorted(each for each in path.iterdir() if each.suffix.lower() in suffixes and each.is_file())
    if not found or len(found) > MOST:
        what = (
            phrase("There is no picture in the folder.")
            if not found
            else phrase("{count:,} pictures are more than {most:,}.", count=len(found), most=MOST)
        )
        raise DataError(what, where=str(path), remedy=phrase("Name the pictures one by one."))
    return found


def _unreadable(name: str, error: Exception) -> DataError:
    return DataError(
        phrase("The picture cannot be read: {why}.", why=media.said(error)),
        where=name,
        remedy=getattr(error, "remedy", "")
        or phrase("Pictures are read as {names}; see `fathom check`.", names=", ".join(media.FORMATS)),
    )


def _read(path: Path) -> bytes:
    try:
        if not path.is_file():  # a pipe would be waited on for ever
            raise FileNotFoundError
        return media.read_bytes(path.name, path.parent)
    except DataError as error:
        raise _unreadable(str(path), error) from error
    except OSError as error:
        raise DataError(
            phrase("There is no such picture."), where=str(path), remedy=phrase("Check the path.")
        ) from error
