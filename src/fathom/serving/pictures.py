"""Pictures in requests: bytes only. A path or an address is never opened."""

from __future__ import annotations

import base64
import binascii
import io
import warnings
from typing import Any

from PIL import Image

from fathom.messages import phrase
from fathom.serving.refusal import Refusal

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")


def picture(cell: Any, column: str, row: int, pixels: int) -> bytes | None:
    """The encoded picture in a cell: base64 text, a data URL, {"b64": text} or bytes; None stays None.

    Raises a Refusal (422) for anything else, so that no text ever reaches the model as a path.
    """
    if cell is None:
        return None
    if isinstance(cell, dict) and set(cell) == {"b64"}:
        cell = cell["b64"]
    if isinstance(cell, str):
        cell = decoded(cell, column, row)
    if not isinstance(cell, bytes):
        raise Refusal(422, phrase("A picture is sent as base64 text."), column=column, row=row)
    check(cell, column, row, pixels)
    return cell


def decoded(text: str, column: str, row: int) -> bytes:
    """The bytes that base64 text or a data URL stands for."""
    if text.startswith("data:"):
        _, _, text = text.partition(",")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        remedy = phrase("Send the picture's bytes as base64; paths and addresses are not opened.")
        raise Refusal(422, phrase("This is no base64 text."), column=column, row=row, remedy=remedy) from None


def check(data: bytes, column: str, row: int, pixels: int) -> None:
    """Raise a Refusal (422) unless `data` starts a picture of a known format and of a bearable size."""
    remedy = phrase("Send one of {names}.", names=", ".join(FORMATS))
    if not data:
        raise Refusal(422, phrase("The file is empty."), column=column, row=row, remedy=remedy)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                count = image.width * image.height
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):  # Pillow keeps to itself how many
        count = pixels + 1
    except (OSError, ValueError, SyntaxError, EOFError):
        what = phrase("This is no picture that can be read.")
        raise Refusal(422, what, column=column, row=row, remedy=remedy) from None
    if count > pixels:
        what = phrase("The picture has more than {pixels:,} pixels.", pixels=pixels)
        raise Refusal(422, what, column=column, row=row, remedy=phrase("Send it smaller."))


def blank(side: int = 8) -> bytes:
    """A black picture, PNG."""
    file = io.BytesIO()
    Image.new("L", (side, side)).save(file, "PNG")
    return file.getvalue()


BLANK = blank()
