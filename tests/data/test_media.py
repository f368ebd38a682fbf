"""Pictures: decoded exactly, from every format; damage is named by path and row."""

import io
import os
import struct
import time
import zlib

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fathom.data import media
from fathom.data.given import pictures as given_pictures
from fathom.errors import DataError, RowError

GRAY = np.arange(30, dtype=np.uint8).reshape(5, 6) * 8
COLOUR = np.random.default_rng(1).integers(0, 256, (5, 6, 3), dtype=np.uint8)


def bytes_column(*pictures):
    return pl.Series("image", pictures, dtype=pl.Binary)


@pytest.mark.parametrize("form", ["PNG", "BMP", "GIF", "TIFF", "WEBP", "JPEG"])
def test_formats(picture, form):
    options = {"lossless": True} if form == "WEBP" else {"quality": 100} if form == "JPEG" else {}
    data = picture(GRAY, form, **options)
    pixels = media.images(bytes_column(data), None, size=None, channels=1)
    assert pixels.shape == (1, 5, 6, 1)
    assert np.abs(pixels[0, :, :, 0].astype(int) - GRAY).max() <= (0 if form != "JPEG" else 6)


def test_colour_and_gray(picture):
    cells = bytes_column(picture(COLOUR), picture(COLOUR))
    assert (media.images(cells, None, size=None, channels=3)[1] == COLOUR).all()
    assert media.image_shape(cells, None) == (5, 6, 3)
    assert media.image_shape(bytes_column(picture(GRAY)), None) == (5, 6, 1)
    gray = media.images(cells, None, size=None, channels=1)[0, :, :, 0]
    assert (gray == np.asarray(Image.fromarray(COLOUR).convert("L"))).all()


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
@pytest.mark.parametrize("turn", [1, 6])
def test_sixteen_bits_are_scaled_alike_however_dark_a_picture_is_and_turned(form, turn):
    exif = Image.Exif()
    exif[0x0112] = turn

    def decoded(deep):
        file = io.BytesIO()
        Image.fromarray(deep.astype(np.uint16)).save(file, form, exif=exif)
        assert media.image_shape(bytes_column(file.getvalue()), None) == ((6, 5, 1) if turn == 6 else (5, 6, 1))
        return media.decode(file.getvalue(), None, 1)[:, :, 0]

    for value, seen in ((1, 0), (255, 0), (256, 0), (257, 1), (65535, 255)):
        assert (decoded(np.full((5, 6), value)) == seen).all()
    upright = np.rot90(GRAY, -1) if turn == 6 else GRAY
    assert (decoded(GRAY.astype(np.uint16) * 257) == upright).all()


def test_deep_transparent_palette_and_turned_pictures():
    deep = io.BytesIO()
    Image.fromarray(GRAY.astype(np.uint16) * 257).save(deep, "PNG")
    assert (media.decode(deep.getvalue(), None, 1)[:, :, 0] == GRAY).all()
    clear = io.BytesIO()
    Image.new("RGBA", (3, 3), (0, 0, 0, 0)).save(clear, "PNG")
    assert (media.decode(clear.getvalue(), None, 3) == 255).all()
    palette = io.BytesIO()
    Image.fromarray(GRAY).convert("P").save(palette, "PNG")
    assert (media.decode(palette.getvalue(), None, 1)[:, :, 0] == GRAY).all()
    turned = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(GRAY).save(turned, "JPEG", exif=exif)
    assert media.decode(turned.getvalue(), None, 1).shape == (6, 5, 1)
    assert media.image_shape(bytes_column(turned.getvalue()), None) == (6, 5, 1)


def test_other_sizes_are_scaled_and_missing_pictures_black(picture):
    cells = bytes_column(picture(size=(8, 8)), picture(size=(8, 8)), picture(size=(16, 12)), None)
    pixels = media.images(cells, None, size=None, channels=1)
    assert pixels.shape == (4, 8, 8, 1)
    assert not pixels[3].any()
    assert media.images(cells, None, size=(4, 2), channels=3).shape == (4, 4, 2, 3)


def test_varied_sizes_give_the_middle_one(picture):
    cells = bytes_column(*(picture(size=(side, 2 * side)) for side in (10, 20, 30, 40, 50)))
    assert media.image_shape(cells, None) == (30, 60, 1)


@settings(max_examples=80, deadline=None)
@given(
    size=st.tuples(st.integers(1, 12), st.integers(1, 12)),
    colour=st.booleans(),
    seed=st.integers(0, 1000),
    smooth=st.booleans(),
    level=st.integers(0, 9),
)
def test_small_pictures_decode_as_pillow_decodes_them(size, colour, seed, smooth, level):
    chance = np.random.default_rng(seed)
    pixels = chance.integers(0, 256, (*size, 3) if colour else size, dtype=np.uint8)
    if smooth:  # smooth pictures make the encoder choose among all row filters
        pixels = np.cumsum(pixels % 5, axis=1).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=level)
    decoded = media.images(bytes_column(file.getvalue()), None, size=size, channels=3 if colour else 1)
    assert (decoded[0].reshape(pixels.shape) == pixels).all()


@pytest.mark.parametrize("kind", range(5))
def test_every_row_filter(kind):
    rows = np.random.default_rng(kind).integers(0, 256, (7, 9), dtype=np.uint8)
    data = _png(9, 7, b"".join(bytes([kind]) + row.tobytes() for row in rows))
    expected = np.asarray(Image.open(io.BytesIO(data)))
    assert (media.images(bytes_column(data), None, size=(7, 9), channels=1)[0, :, :, 0] == expected).all()


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(width, height, rows, depth=8, colour=0):
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def broken(picture):
    """Ways in which a picture can be broken."""
    good = picture()
    flipped = bytearray(good)
    flipped[len(good) // 2] ^= 0xFF
    return {
        "empty": b"",
        "text": b"not a picture",
        "cut in the header": good[:20],
        "cut in the data": good[: len(good) - 30],
        "flipped": bytes(flipped),
        "unknown filter": _png(5, 6, (b"\x07" + b"\0" * 5) * 6),
        "no pixels": _png(0, 0, b""),
        "bomb": _png(60_000, 60_000, b"\0" * 1_000),
        "large": _png(9_000, 9_000, b"\0" * 1_000),
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "cut jpeg": picture(size=(64, 64), form="JPEG")[:200],
    }


def test_broken_pictures_are_named_by_path_and_row(picture, tmp_path):
    ways = broken(picture)
    for name, data in ways.items():
        (tmp_path / f"{name}.png").write_bytes(data)
    (tmp_path / "good.png").write_bytes(picture())
    for name in ways:
        cells = pl.Series("image", ["good.png", None, f"{name}.png"])
        with pytest.raises(RowError, match=rf"{name}\.png") as caught:
            media.images(cells, tmp_path, size=(6, 5), channels=1)
        assert (caught.value.row, caught.value.column) == (3, "image"), name
    found = media.check_images(
        pl.Series("image", [*(f"{name}.png" for name in ways), "good.png", "gone.png"]), tmp_path
    )
    assert [row for row, _, _ in found] == [*range(len(ways)), len(ways) + 1]
    assert all(trouble for _, _, trouble in found)


def test_a_wrong_suffix_does_not_matter(picture, tmp_path):
    (tmp_path / "a.png").write_bytes(picture(GRAY, "BMP"))
    assert (media.images(pl.Series(["a.png"]), tmp_path, size=None, channels=1)[0, :, :, 0] == GRAY).all()


def test_shape_of_nothing_readable(tmp_path):
    with pytest.raises(DataError, match="Not one picture"):
        media.image_shape(pl.Series("image", ["a.png", None]), tmp_path)


HOSTILE = (
    "../secret.png",
    "a/../../secret.png",
    "/etc/passwd",
    "a/../../../etc/passwd",
    "..",
    ".",
    "",
    "a",
    "a/",
    "a\0.png",
)
HOSTILE += (
    "..\\secret.png",
    "C:\\secret.png",
    "//host/share.png",
    "./../secret.png",
    "a/./../../secret.png",
    "....//secret.png",
)
HOSTILE += (
    "%2e%2e/secret.png",
    "..%2fsecret.png",
    "link.png",
    "linked/secret.png",
    "pipe.png",
    "~/secret.png",
    "loop.png",
)


@pytest.mark.parametrize("cell", HOSTILE)
def test_no_path_leads_out_of_the_folder(picture, tmp_path, cell):
    secret = picture()
    (tmp_path / "secret.png").write_bytes(secret)
    inside = tmp_path / "data"
    (inside / "a").mkdir(parents=True)
    (inside / "link.png").symlink_to(tmp_path / "secret.png")
    (inside / "linked").symlink_to(tmp_path)
    (inside / "loop.png").symlink_to(inside / "loop.png")
    os.mkfifo(inside / "pipe.png")
    start = time.monotonic()
    with pytest.raises(RowError) as caught:
        media.images(pl.Series("image", [cell]), inside, size=(6, 5), channels=1)
    assert "NoneType" not in str(caught.value)
    assert time.monotonic() - start < 5


def test_links_inside_the_folder_are_followed(picture, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.png").write_bytes(picture(GRAY))
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "y.png").symlink_to(tmp_path / "a" / "x.png")
    pixels = media.images(pl.Series(["b/x.png", "y.png", "a/../y.png"]), tmp_path, size=None, channels=1)
    assert (pixels[:, :, :, 0] == GRAY).all()


def test_paths_without_a_folder():
    with pytest.raises(RowError, match="no folder"):
        media.images(pl.Series("image", ["a.png"]), None, size=(6, 5), channels=1)


def test_thousands_of_pictures_keep_their_order():
    pixels = np.random.default_rng(0).integers(0, 256, (4_500, 3, 4), dtype=np.uint8)
    cells = bytes_column(*(media.encode(each) for each in pixels))
    assert (media.images(cells, None, size=None, channels=1)[..., 0] == pixels).all()


def test_what_is_wrong_with_a_picture_is_said_once_and_in_the_language(picture, tmp_path, monkeypatch):
    (tmp_path / "bomb.png").write_bytes(broken(picture)["bomb"])
    (tmp_path / "link.png").symlink_to("/etc/hostname")
    for name, why in (("bomb.png", "unfolds"), ("link.png", "leads out")):
        with pytest.raises(RowError, match=why) as caught:
            media.images(pl.Series("image", [name]), tmp_path, size=(6, 5), channels=1)
        assert caught.value.what.count(name) == 1
        assert not caught.value.what.endswith("..")
    with pytest.raises(RowError, match=r"^The picture cannot be read: it unfolds"):
        media.images(pl.Series("image", [broken(picture)["bomb"]]), None, size=(6, 5), channels=1)
    monkeypatch.setenv("FATHOM_LANGUAGE", "ko")
    for way, why in (("bomb", "픽셀"), ("cut in the data", "손상")):
        with pytest.raises(DataError, match=why) as said:
            given_pictures([broken(picture)[way]])
        assert "ecompression" not in str(said.value)
