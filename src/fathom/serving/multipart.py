"""Files of a multipart form, from a body that is already in memory and bounded."""

from __future__ import annotations

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from fathom.messages import phrase
from fathom.serving.refusal import Refusal

MOST_PARTS = 10_000


def files(body: bytes, content_type: str) -> list[tuple[str, bytes]]:
    """Name and bytes of every part, in order; 400 for a form that cannot be read."""
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if not boundary:
        raise Refusal(400, phrase("The form's content type names no boundary."))
    form = _Form()
    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": form.begin,
                "on_header_field": form.header_field,
                "on_header_value": form.header_value,
                "on_header_end": form.header_end,
                "on_part_data": form.part_data,
                "on_part_end": form.end,
            },
        )
        parser.write(body)
        parser.finalize()
    except FormParserError as error:
        raise Refusal(400, phrase("The form cannot be read: {error}.", error=error)) from None
    if not form.parts:
        raise Refusal(422, phrase("The form holds no file."))
    return form.parts


class _Form:
    """Collects parts as the parser meets them."""

    def __init__(self) -> None:
        self.parts: list[tuple[str, bytes]] = []
        self._field = self._value = b""
        self._name = ""
        self._data = bytearray()

    def begin(self) -> None:
        """A part starts."""
        if len(self.parts) >= MOST_PARTS:
            raise Refusal(413, phrase("The form has more than {most:,} parts.", most=MOST_PARTS))
        self._data.clear()
        self._name = ""

    def header_field(self, data: bytes, start: int, end: int) -> None:
        """More of a header's name."""
        self._field += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        """More of a header's value."""
        self._value += data[start:end]

    def header_end(self) -> None:
        """A header is whole."""
        if self._field.lower() == b"content-disposition":
            _, options = parse_options_header(self._value)
            self._name = options.get(b"name", b"").decode("utf-8", "replace")
        self._field = self._value = b""

    def part_data(self, data: bytes, start: int, end: int) -> None:
        """More of a part."""
        self._data += data[start:end]

    def end(self) -> None:
        """A part is whole."""
        self.parts.append((self._name, bytes(self._data)))
