"""Pictures that are more than memory should hold: on disk once they are decoded, or decoded at each use."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch
from torch import Tensor

from fathom.data import media
from fathom.errors import RowError

MOST_HELD = 256 << 20  # bytes of pixels that are held in memory
AT_ONCE = 16 << 20  # bytes of pixels that are decoded or written at once
ANSWERED = 2 << 20  # bytes of inputs that are answered at once: maps are a hundred times as large
SPARE = 2.0  # times its size that a disk must have free
AHEAD = 2  # batches that are made ready while one is learned

Where = Tensor | slice


class Decoding:
    """Pictures decoded at each use: rows are asked for as of a tensor uint8 [rows, channels, height, width].

    Nothing is kept, so that memory does not grow with the rows.
    """

    dtype = torch.uint8

    def __init__(self, cells: pl.Series, folder: Path | None, size: tuple[int, int], channels: int) -> None:
        self.cells, self.folder, self.size = cells, folder, size
        self.shape = (len(cells), channels, *size)

    def __len__(self) -> int:
        return len(self.cells)

    def __getitem__(self, rows: Where) -> Tensor:
        """Pixels of some rows, last in memory the channels."""
        picked = self.cells[rows] if isinstance(rows, slice) else self.cells.gather(rows.numpy())
        try:
            pixels = self.decoded(picked)
        except RowError as error:  # it counts from the first of these rows, a person from the first of all
            asked = range(len(self))[rows] if isinstance(rows, slice) else rows.tolist()
            where = str(self.folder or "")
            row = asked[error.row - 1] + 1
            raise RowError(error.what, column=error.column, row=row, where=where, remedy=error.remedy) from error
        return torch.from_numpy(pixels).permute(0, 3, 1, 2)

    def decoded(self, cells: pl.Series) -> media.Pixels:
        """Pixels uint8 [rows, height, width, channels] of some cells."""
        return media.images(cells, self.folder, size=self.size, channels=self.shape[1])

    def numel(self) -> int:
        """How many numbers there are in all."""
        return int(np.prod(self.shape))

    def element_size(self) -> int:
        """Bytes of a number."""
        return 1

    def digest(self) -> bytes:
        """What tells these pictures from others, without decoding them."""
        digest = hashlib.sha256(repr(self.shape).encode())
        for row in range(0, len(self.cells), media.CHUNK):
            for cell in self.cells[row : row + media.CHUNK]:
                digest.update(cell if isinstance(cell, bytes) else repr(cell).encode())
        return digest.digest()


class Shelf(Decoding):
    """Pictures that were decoded into one file: a use reads only the rows that are asked for.

    They are read, not mapped: pages of a map count as the process's memory, though they could be given back.
    """

    def __init__(self, decoding: Decoding, path: Path) -> None:
        super().__init__(decoding.cells, decoding.folder, decoding.size, decoding.shape[1])
        self.path = path
        self.each = self.numel() // max(1, len(self))
        if not (path.is_file() and path.stat().st_size == self.numel()):
            self._fill(decoding)
        self._file = path.open("rb", buffering=0)
        self._turn = threading.Lock()
        _open.add(self)

    def __getitem__(self, rows: Where) -> Tensor:
        """Pixels of some rows, last in memory the channels."""
        asked = range(len(self))[rows] if isinstance(rows, slice) else rows.tolist()
        height, width = self.size
        pixels = np.empty((len(asked), height, width, self.shape[1]), dtype=np.uint8)
        with self._turn:
            for place, row in enumerate(asked):
                self._file.seek(row * self.each)
                if self._file.readinto(memoryview(pixels[place]).cast("B")) != self.each:
                    raise OSError(errno.EIO, os.strerror(errno.EIO), str(self.path))
        return torch.from_numpy(pixels).permute(0, 3, 1, 2)

    def close(self) -> None:
        """Give the file back; the pictures are where they came from."""
        _open.discard(self)
        self._file.close()
        self.path.unlink(missing_ok=True)

    def _fill(self, decoding: Decoding) -> None:
        """Decode all pictures, some at once, into a file that stands under its name only when it is whole."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.path.with_name(f".{self.path.name}.part")
        portion = max(1, AT_ONCE // max(1, self.each))
        parts = [torch.arange(start, min(start + portion, len(self))) for start in range(0, len(self), portion)]
        try:
            with beside.open("wb") as file:
                for pixels in ready(parts, decoding.__getitem__):
                    file.write(np.ascontiguousarray(pixels.permute(0, 2, 3, 1).numpy()).data)
            beside.replace(self.path)
        finally:
            beside.unlink(missing_ok=True)


_open: set[Shelf] = set()  # to be closed where whoever opened them fails


def kept(found: Decoding, shelf: Path | None) -> Tensor | Decoding:
    """Pictures in memory where they are few, else in the file `shelf`, else decoded at each use.

    `shelf` None, or a disk without room for it: nothing is written.
    """
    if media.is_unfolded(found.cells) or found.numel() <= MOST_HELD:
        return found[slice(None)]
    if shelf is None or _room(shelf) < SPARE * found.numel():
        return found
    return Shelf(found, shelf)


def ready(parts: list[Tensor], make: Callable[[Tensor], Tensor]) -> Iterator[Tensor]:
    """What is made of each part, the next ones made beside whatever is done with one.

    >>> [int(each) for each in ready([torch.tensor(1), torch.tensor(2)], lambda part: part * 2)]
    [2, 4]
    """
    waiting: deque[Future[Tensor]] = deque()
    with ThreadPoolExecutor(AHEAD) as pool:
        for part in parts:
            waiting.append(pool.submit(make, part))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


class Batches:
    """Batches of pictures by the number of their step, the next one fetched while this one is learned."""

    def __init__(self, inputs: tuple[Tensor | Decoding, ...], picked: Callable[[int], Tensor]) -> None:
        self.inputs, self.picked = inputs, picked
        beside = any(isinstance(each, Decoding) for each in inputs)
        self.pool = ThreadPoolExecutor(1) if beside else None
        self.waiting: dict[int, tuple[Tensor, Future[list[Tensor]]]] = {}

    def at(self, step: int) -> tuple[Tensor, list[Tensor]]:
        """The rows of a step, and their inputs."""
        if self.pool is None:
            rows = self.picked(step)
            return rows, self._fetch(rows)
        rows, found = self.waiting[step] if step in self.waiting else self._asked(step)
        self.waiting = {step + 1: self._asked(step + 1)}
        return rows, found.result()

    def close(self) -> None:
        """End the thread."""
        if self.pool is not None:
            self.pool.shutdown(cancel_futures=True)

    def _asked(self, step: int) -> tuple[Tensor, Future[list[Tensor]]]:
        assert self.pool is not None
        rows = self.picked(step).cpu()
        return rows, self.pool.submit(self._fetch, rows)

    def _fetch(self, rows: Tensor) -> list[Tensor]:
        return [each[rows] for each in self.inputs]


def close(inputs: tuple[Tensor | Decoding, ...]) -> None:
    """Give files back that hold inputs."""
    for each in inputs:
        if isinstance(each, Shelf):
            each.close()


@contextmanager
def lent(folder: Path | None) -> Iterator[None]:
    """Files of pictures in a run's folder are removed where what is done with them fails.

    A process that is killed leaves them: a training that goes on finds them.
    """
    try:
        yield
    except Exception:
        for each in list(_open):
            if each.path.parent == folder:
                each.close()
        raise


def bytes_of(each: Tensor | Any) -> Any:
    """What tells inputs from others: all their bytes, or of what is not in memory the `digest` that names it."""
    return each.contiguous().numpy().data if isinstance(each, Tensor) else each.digest()


def portion(inputs: tuple[Tensor | Decoding, ...], most: int) -> int:
    """How many rows to answer at once: `most`, or fewer of large pictures, whose maps are many times as large.

    >>> portion((torch.zeros(10, 3, 512, 512, dtype=torch.uint8),), 1024)
    2
    """
    each = max((one.numel() * one.element_size() // max(1, len(one)) for one in inputs), default=0)
    return max(1, min(most, ANSWERED // max(1, each)))


def _room(path: Path) -> int:
    folder = path.parent
    while not folder.is_dir():
        folder = folder.parent
    return shutil.disk_usage(folder).free
