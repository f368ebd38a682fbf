"""Pictures in columns become arrays: decoded in parallel, from allowed formats, inside limits."""

from __future__ import annotations

import io
import os
import struct
import warnings
import zlib
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from PIL import Image, ImageOps, UnidentifiedImageError

from fathom.data import png
from fathom.data.media_paths import Folder
from fathom.errors import DataError, RowError
from fathom.messages import phrase

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF")
MOVING_SUFFIXES = (".gif", ".webp", ".tif", ".tiff")  # of formats that can hold several pictures
MOVING_STARTS = (b"GIF8", b"RIFF", b"II*\0", b"MM\0*")
MOST_PIXELS = 50_000_000  # a small file that unfolds to more is refused
MOST_BYTES = 256 << 20
MOST_UNFOLDED = 256 << 20  # bytes of pixels that are kept in memory instead of being decoded at each use
SAMPLE = 500  # headers that tell the common shape
CHUNK, LEAST_CHUNK = 2_000, 8  # rows that one of several threads takes at once
FEWEST_PIXELS = 64  # of the longer side of a picture that is only read to see whether it can be
GRAY = frozenset({"1", "L", "I;16", "I;16B", "I;16L", "I", "F", "LA", "La"})
SIXTEEN = "I;16"  # how the modes of 16 bits begin
TURN = 0x0112  # the tag of EXIF that says how a camera was held
WORKERS = min(8, (os.cpu_count() or 1))
Pixels = npt.NDArray[np.uint8]
Cell = str | bytes
Trouble = tuple[int, str]  # row position, what is wrong
TROUBLES = (  # what a file can do wrong; anything else is a mistake of ours
    DataError,
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    MemoryError,
    OverflowError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)

warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


def images(cells: pl.Series, folder: Path | None, *, size: tuple[int, int] | None, channels: int) -> Pixels:
    """The pictures of a column, uint8 [rows, height, width, channels]; a missing one is black.

    `cells`: paths inside `folder` (String), encoded pictures (Binary) or unfolded ones (Array of UInt8). `size` is
    (height, width), None: the commonest; other sizes are scaled to it. `channels`: 1 (gray) or 3 (RGB).
    Transparent parts become white. RowError, with path and row, for a file that is missing, damaged, too large or
    no picture.
    """
    height, width = size or image_shape(cells, folder)[:2]
    if is_unfolded(cells):
        return _refit(cells.to_numpy(), (height, width), channels)
    out = np.zeros((len(cells), height, width, channels), dtype=np.uint8)
    place = Folder(folder)

    def fill(part: range) -> list[Trouble]:
        return _fill(out, part.start, cells[part.start : part.stop].to_list(), place)

    if troubles := _chunks(fill, len(cells)):
        raise unreadable(cells, *troubles[0], folder)
    return out


def unreadable(cells: pl.Series, row: int, trouble: str, folder: Path | None) -> RowError:
    """What to say of a cell whose picture cannot be read; one that is no path has no name but its row's number."""
    cell = cells[row]
    return RowError(
        phrase("The picture '{name}' cannot be read: {why}.", name=cell, why=trouble)
        if isinstance(cell, str)
        else phrase("The picture cannot be read: {why}.", why=trouble),
        column=cells.name,
        row=row + 1,
        where=str(folder or ""),
        remedy=phrase("Replace or remove it; `fathom check` lists every broken picture."),
    )


def image_shape(cells: pl.Series, folder: Path | None) -> tuple[int, int, int]:
    """The commonest (height, width, channels), from a sample of headers; where sizes vary, the middle ones.

    DataError where no picture of the sample can be read.
    """
    if isinstance(cells.dtype, pl.Array):
        height, width, channels = cells.dtype.shape
        return height, width, channels
    filled = cells.drop_nulls()
    place = Folder(folder)
    shapes = []
    for cell in filled.gather_every(max(1, len(filled) // SAMPLE)):
        try:
            with _open(read_bytes(cell, place)) as image:
                height, width = _upright(image)
                shapes.append((height, width, 1 if image.mode in GRAY or _gray_palette(image) else 3))
        except TROUBLES:
            continue
    if not shapes:
        raise DataError(
            phrase("Not one picture of '{name}' can be read.", name=cells.name),
            where=str(folder or ""),
            remedy=phrase("Pictures are read as {names}; see `fathom check`.", names=", ".join(FORMATS)),
        )
    channels = max(shape[2] for shape in shapes)
    (height, width), count = Counter(shape[:2] for shape in shapes).most_common(1)[0]
    if count < len(shapes) / 2:
        height, width = (int(np.median([shape[side] for shape in shapes])) for side in (0, 1))
    return height, width, channels


def check_images(cells: pl.Series, folder: Path | None) -> list[tuple[int, str, str]]:
    """(row position, path, trouble) for every picture that cannot be read in full."""
    if is_unfolded(cells):
        return []
    place = Folder(folder)

    def look(part: range) -> list[Trouble]:
        return _fill(None, part.start, cells[part.start : part.stop].to_list(), place)

    return [(row, _name(cells[row]), trouble) for row, trouble in _chunks(look, len(cells))]


def moving(cells: pl.Series, folder: Path | None) -> list[tuple[int, str]]:
    """(row position, path) of animations and of files of several pages; their first picture is what is read."""
    if is_unfolded(cells):
        return []
    place, found = Folder(folder), []
    for row, cell in enumerate(cells.to_list()):
        named = isinstance(cell, str) and cell.lower().endswith(MOVING_SUFFIXES)
        if not named and not (isinstance(cell, bytes) and cell.startswith(MOVING_STARTS)):
            continue
        try:
            with _open(read_bytes(cell, place)) as image:
                if getattr(image, "is_animated", False):
                    found.append((row, _name(cell)))
        except TROUBLES:
            continue
    return found


def unfold(cells: pl.Series, folder: Path | None) -> pl.Series:
    """Pictures of one shape as a column of pixels (Array of UInt8), so that they are decoded once and for all.

    The same column where that is not possible: a missing, broken or differently sized one among them, or too many.
    """
    if is_unfolded(cells) or cells.null_count() or not len(cells):
        return cells
    try:
        height, width, channels = image_shape(cells, folder)
    except DataError:
        return cells
    if len(cells) * height * width * channels > MOST_UNFOLDED:
        return cells
    out = np.zeros((len(cells), height, width, channels), dtype=np.uint8)
    place = Folder(folder)

    def fill(part: range) -> list[Trouble]:
        return _fill(out, part.start, cells[part.start : part.stop].to_list(), place, exact=True)

    return cells if _chunks(fill, len(cells)) else pl.Series(cells.name, out)


def is_unfolded(cells: pl.Series) -> bool:
    """Whether the cells are pixels and need no decoding."""
    return isinstance(cells.dtype, pl.Array)


def cell_pixels(cells: pl.Series, row: int, folder: Path | None) -> Pixels:
    """One cell's picture in its own size, uint8 [height, width, 3]; RowError where it cannot be read."""
    if is_unfolded(cells):
        one = cells[row : row + 1].to_numpy()
        pixels: Pixels = _refit(one, one.shape[1:3], 3)[0]
        return pixels
    try:
        return decode(read_bytes(cells[row], folder), None, 3)
    except TROUBLES as error:
        raise unreadable(cells, row, said(error), folder) from error


def glance(cells: pl.Series, row: int, folder: Path | None, least: int) -> Pixels:
    """The same, a large picture made smaller by a whole number: of its longer side `least` pixels are left, or more.

    Of a photograph with many pixels that takes a fraction of the time.
    """
    if is_unfolded(cells):
        return cell_pixels(cells, row, folder)
    try:
        return _glanced(read_bytes(cells[row], folder), least)
    except TROUBLES as error:
        raise unreadable(cells, row, said(error), folder) from error


def _glanced(data: bytes, least: int) -> Pixels:
    with _open(data) as image:
        if image.format == "JPEG":
            shrink = least / max(image.size)
            image.draft(None, (max(1, int(shrink * image.width)), max(1, int(shrink * image.height))))
        picture = _plain(image, 3)
        factor = max(picture.size) // least
        return np.asarray(picture.reduce(factor) if factor > 1 else picture)


def _refit(pixels: Pixels, size: tuple[int, int], channels: int) -> Pixels:
    """Unfolded pictures scaled to `size`, gray or RGB, exactly as if they were decoded so."""
    if pixels.shape[1:] == (*size, channels):
        return pixels.copy()  # the frame's own memory must not be written to
    out = np.empty((len(pixels), *size, channels), dtype=np.uint8)
    for row, picture in enumerate(pixels):
        image = Image.fromarray(picture[..., 0] if picture.shape[2] == 1 else picture)
        out[row] = _fitted(image, size, channels)
    return out


def _fill(
    out: Pixels | None, start: int, cells: list[Cell | None], place: Folder, *, exact: bool = False
) -> list[Trouble]:
    """Decode the pictures of a chunk of rows into `out`, if given; the troubles met.

    `exact`: a picture that would have to be scaled is a trouble.
    """
    troubles: list[Trouble] = []
    small: dict[tuple[int, int, int], list[tuple[int, bytes]]] = {}
    for row, cell in enumerate(cells, start=start):
        if cell is None:
            continue
        try:
            data = read_bytes(cell, place)
            if (shape := png.shape(data)) and (out is None or shape == out.shape[1:]):
                small.setdefault(shape, []).append((row, data))
            else:
                _one(out, row, data, exact)
        except TROUBLES as error:
            troubles.append((row, said(error)))
    for shape, pairs in small.items():
        troubles += _together(out, shape, pairs)
    return troubles


def _together(out: Pixels | None, shape: tuple[int, int, int], pairs: list[tuple[int, bytes]]) -> list[Trouble]:
    """Small pictures of one shape at once; what is unusual about one of them is left to Pillow."""
    pixels, left = png.decode([data for _, data in pairs], shape)
    if out is not None:
        out[[row for row, _ in pairs]] = pixels
    troubles = []
    for position in left:
        row, data = pairs[position]
        try:
            _one(out, row, data)
        except TROUBLES as error:
            troubles.append((row, said(error)))
    return troubles


def _one(out: Pixels | None, row: int, data: bytes, exact: bool = False) -> None:
    if out is None:
        _glanced(data, FEWEST_PIXELS)  # every byte of it is read
    elif exact:
        out[row] = decode(data, None, out.shape[3])  # ValueError where the sizes differ
    else:
        out[row] = decode(data, out.shape[1:3], out.shape[3])


def _chunks(work: Callable[[range], list[Trouble]], rows: int) -> list[Trouble]:
    """The troubles of all chunks of rows, in the rows' order, worked on in parallel."""
    size = min(CHUNK, max(LEAST_CHUNK, -(-rows // WORKERS)))
    parts = [range(start, min(start + size, rows)) for start in range(0, rows, size)]
    if len(parts) < 2:
        return sorted(trouble for part in parts for trouble in work(part))
    with ThreadPoolExecutor(WORKERS) as pool:
        return sorted(trouble for troubles in pool.map(work, parts) for trouble in troubles)


def said(error: Exception) -> str:
    """What one of `TROUBLES` says is wrong with a picture, as the end of a sentence about it."""
    if isinstance(error, FileNotFoundError):
        return phrase("there is no such file")
    if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
        return phrase("it unfolds to more pixels than any picture should have")
    if known := getattr(error, "what", None) or getattr(error, "strerror", None):
        return str(known)
    return phrase("it is damaged ({error})", error=str(error) or type(error).__name__)


def decode(data: bytes, size: tuple[int, int] | None, channels: int) -> Pixels:
    """One encoded picture as uint8 [height, width, channels], scaled to `size` (height, width) if given."""
    with _open(data) as image:
        if size is not None and image.format == "JPEG":
            image.draft(None, (size[1], size[0]))  # decodes large photographs at a fraction of the cost
        return _fitted(image, size, channels)


def _fitted(image: Image.Image, size: tuple[int, int] | None, channels: int) -> Pixels:
    """An open picture as uint8 [height, width, channels], scaled to `size` if given."""
    picture = _plain(image, channels)
    if size is not None and picture.size != (size[1], size[0]):
        picture = picture.resize((size[1], size[0]), Image.Resampling.BILINEAR, reducing_gap=2.0)
    pixels: Pixels = np.asarray(picture, dtype=np.uint8)
    return pixels.reshape(*pixels.shape[:2], channels)


def encode(pixels: npt.NDArray[Any]) -> bytes:
    """A uint8 array [height, width] or [height, width, channels] as PNG bytes."""
    file = io.BytesIO()
    squeezed = pixels[..., 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels
    Image.fromarray(np.ascontiguousarray(squeezed, dtype=np.uint8)).save(file, "PNG", compress_level=1)
    return file.getvalue()


def read_bytes(cell: Cell, folder: Folder | Path | None) -> bytes:
    """The encoded picture that a cell holds or names; DataError or OSError that says what is wrong with the file."""
    if isinstance(cell, bytes):
        return cell
    place = folder if isinstance(folder, Folder) else Folder(folder)
    with open(place.path(cell), "rb", buffering=0) as file:  # noqa: PTH123 (a Path costs more than the file)
        data: bytes = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise DataError(phrase("the file is larger than {most} MiB", most=MOST_BYTES >> 20))
    return data


def _open(data: bytes) -> Image.Image:
    """The picture, its header read and held to the limits."""
    if not data:
        raise DataError(phrase("the file is empty"))
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError:
        raise DataError(
            phrase("it is no {names} or {formats} picture", names=", ".join(FORMATS[:-1]), formats=FORMATS[-1])
        ) from None
    if image.width * image.height > MOST_PIXELS:
        raise DataError(
            phrase(
                "it has {width:,} x {height:,} pixels, more than {most:,}",
                width=image.width,
                height=image.height,
                most=MOST_PIXELS,
            )
        )
    return image


def _plain(image: Image.Image, channels: int) -> Image.Image:
    """The first frame, upright, without transparency or depth beyond 8 bits, as gray or RGB."""
    mode = "L" if channels == 1 else "RGB"
    if image.mode.startswith("I") or image.mode == "F":
        turn = image.getexif().get(TURN, 1) if "exif" in image.info else 1
        image = Image.fromarray(_eight_bits(np.asarray(image), image.mode))
        if turn != 1:
            image.getexif()[TURN] = turn
            image = ImageOps.exif_transpose(image)
    elif "exif" in image.info:
        image = ImageOps.exif_transpose(image)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    if image.mode != mode:
        return image.convert(mode)
    image.load()
    return image


def _eight_bits(pixels: npt.NDArray[Any], mode: str) -> Pixels:
    """Deep pixels as uint8: 16 bits by their upper byte, whatever a picture's brightest; others as far as they go."""
    if mode.startswith(SIXTEEN):
        return (pixels // 257).astype(np.uint8)
    top = float(pixels.max(initial=0))
    scaled = pixels / 257.0 if top > 255 else pixels * 255.0 if 0 < top <= 1 else pixels
    return np.clip(scaled, 0, 255).astype(np.uint8)


def _upright(image: Image.Image) -> tuple[int, int]:
    """(height, width) once the camera's orientation is undone."""
    sideways = "exif" in image.info and image.getexif().get(TURN, 1) >= 5
    return (image.width, image.height) if sideways else (image.height, image.width)


def size_of(cell: Cell, folder: Folder) -> tuple[int, int] | None:
    """(width, height) of a cell's picture once it is upright; None where it cannot be read."""
    header = header_of(cell, folder)
    return header and header[0]


def header_of(cell: Cell, folder: Folder) -> tuple[tuple[int, int], tuple[int, int], int] | None:
    """(width, height) of a cell's picture once it is upright, as it is stored, and the camera's turn (EXIF, 1 to 8).

    None where it cannot be read. Pixels are not decoded.
    """
    try:
        with _open(read_bytes(cell, folder)) as image:
            height, width = _upright(image)
            turn = image.getexif().get(TURN, 1) if "exif" in image.info else 1
            return (width, height), image.size, turn
    except TROUBLES:
        return None


def _gray_palette(image: Image.Image) -> bool:
    """Whether a palette holds grays only."""
    if image.mode != "P" or image.palette is None:
        return False
    colours = np.frombuffer(image.palette.tobytes(), dtype=np.uint8)
    return len(colours) % 3 == 0 and bool((colours.reshape(-1, 3) == colours.reshape(-1, 3)[:, :1]).all())


def _name(cell: Cell) -> str:
    return phrase("in the table") if isinstance(cell, bytes) else f"'{cell}'"
