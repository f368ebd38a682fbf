"""Many small PNG pictures of one size at once.

Pillow spends most of its time on what surrounds a small picture. Here the files' compressed rows are unpacked one
by one, and the row filters (PNG specification, third edition, 2025, section 9) are undone for all pictures together.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]

START = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
HEADER = 33  # bytes up to the first chunk after the header
LARGEST = 64 * 64 * 3  # bytes of a picture that this pays for
KNOWN = {b"\x08\x00\x00\x00\x00": 1, b"\x08\x02\x00\x00\x00": 3}  # depth, colour, packing, filter, interlace: channels
SUB, UP, AVERAGE, PAETH = 1, 2, 3, 4


def shape(data: bytes) -> tuple[int, int, int] | None:
    """(height, width, channels) of a small, plain, 8-bit gray or RGB PNG; None for anything else."""
    if not data.startswith(START) or len(data) < HEADER:
        return None
    width, height = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    channels = KNOWN.get(data[24:29])
    if channels is None or not 0 < height * width * channels <= LARGEST:
        return None
    return height, width, channels


def decode(datas: Sequence[bytes], size: tuple[int, int, int]) -> tuple[Pixels, list[int]]:
    """Pictures of one `size` (height, width, channels) as uint8 [pictures, height, width, channels].

    Also the positions of those that are not whole or not plain, which are left black for Pillow to judge.
    """
    height, width, channels = size
    line = 1 + width * channels
    raw = np.zeros((len(datas), height * line), dtype=np.uint8)
    left = []
    for place, data in enumerate(datas):
        rows = _unpacked(data, height * line)
        if rows is None:
            left.append(place)
        else:
            raw[place] = np.frombuffer(rows, dtype=np.uint8)
    lines = raw.reshape(len(datas), height, line)
    if (lines[:, :, 0] > PAETH).any():
        left = sorted({*left, *np.flatnonzero((lines[:, :, 0] > PAETH).any(axis=1)).tolist()})
    return _unfiltered(lines, channels), left


def _unpacked(data: bytes, expected: int) -> bytes | None:
    """The filtered rows, their checksums held; None where anything is unusual."""
    packed = []
    place = HEADER
    if zlib.crc32(data[12:29]) != int.from_bytes(data[29:33], "big"):
        return None
    while True:
        length, kind = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8]
        end = place + 8 + length
        if kind == b"IEND":
            break
        if end + 4 > len(data) or kind in (b"tRNS", b"acTL", b"eXIf"):
            return None
        if kind == b"IDAT":
            if zlib.crc32(data[place + 4 : end]) != int.from_bytes(data[end : end + 4], "big"):
                return None
            packed.append(data[place + 8 : end])
        place = end + 4
    unpack = zlib.decompressobj()
    try:
        rows = unpack.decompress(b"".join(packed), expected + 1)
    except zlib.error:
        return None
    return rows if len(rows) == expected else None


def _unfiltered(lines: Pixels, channels: int) -> Pixels:
    """[pictures, height, 1 + width * channels] with a filter in front of each row, to pixels."""
    count, height, length = lines.shape
    width = (length - 1) // channels
    out = lines[:, :, 1:].reshape(count, height, width, channels).copy()
    black = np.zeros((count, width, channels), dtype=np.uint8)
    for row in range(height):
        above = out[:, row - 1] if row else black
        filters = lines[:, row, 0]
        if (which := np.flatnonzero(filters == SUB)).size:
            out[which, row] = np.cumsum(out[which, row], axis=1, dtype=np.uint8)
        if (which := np.flatnonzero(filters == UP)).size:
            out[which, row] += above[which]
        if (which := np.flatnonzero(filters == AVERAGE)).size:
            out[which, row] = _average(out[which, row], above[which])
        if (which := np.flatnonzero(filters == PAETH)).size:
            out[which, row] = _paeth(out[which, row], above[which])
    return out


def _average(line: Pixels, above: Pixels) -> Pixels:
    left = np.zeros_like(line[:, 0], dtype=np.uint16)
    for column in range(line.shape[1]):
        line[:, column] += ((left + above[:, column]) >> 1).astype(np.uint8)
        left = line[:, column].astype(np.uint16)
    return line


def _paeth(line: Pixels, above: Pixels) -> Pixels:
    """Each pixel on the nearest of left, above and the one between, by a plane through the three."""
    up = above.astype(np.int16)
    left = corner = np.zeros_like(up[:, 0])
    for column in range(line.shape[1]):
        top = up[:, column]
        by_left, by_top = np.abs(top - corner), np.abs(left - corner)
        by_corner = np.abs(left + top - 2 * corner)
        nearest = np.where(by_top <= by_corner, top, corner)
        nearest = np.where((by_left <= by_top) & (by_left <= by_corner), left, nearest)
        line[:, column] += nearest.astype(np.uint8)
        left, corner = line[:, column].astype(np.int16), top
    return line
