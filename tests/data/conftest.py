"""Small files of every format, written by hand where no library at hand writes them."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image


def encoded(pixels, form="PNG", **options):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, form, **options)
    return file.getvalue()


@pytest.fixture
def picture():
    """Encode an array, or a random gray one of a size, as a picture."""

    def make(pixels=None, form="PNG", *, size=(6, 5), seed=0, **options):
        if pixels is None:
            pixels = np.random.default_rng(seed).integers(0, 256, size, dtype=np.uint8)
        return encoded(pixels, form, **options)

    return make


@pytest.fixture
def labelled(tmp_path, picture):
    """A folder with three pictures under each of two labels."""
    for number, label in enumerate(["고양이", "dog"]):
        (tmp_path / "pets" / label).mkdir(parents=True)
        for place in range(3):
            (tmp_path / "pets" / label / f"{place}.png").write_bytes(picture(seed=10 * number + place))
    return tmp_path / "pets"


SHEET = """<?xml version="1.0" encoding="UTF-8"?><worksheet
xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>"""
PARTS = {
    "[Content_Types].xml": """<?xml version="1.0"?><Types
xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels"
ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml"
ContentType="application/xml"/><Override PartName="/xl/workbook.xml"
ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>""",
    "_rels/.rels": """<?xml version="1.0"?><Relationships
xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1"
Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
Target="xl/workbook.xml"/></Relationships>""",
}


@pytest.fixture
def workbook():
    """Write sheets, each a name and rows of texts and numbers, as an .xlsx file."""

    def write(path, sheets):
        names, links = "", ""
        with zipfile.ZipFile(path, "w") as file:
            for name, part in PARTS.items():
                file.writestr(name, part)
            for number, (name, rows) in enumerate(sheets.items(), start=1):
                names += f'<sheet name="{name}" sheetId="{number}" r:id="r{number}"/>'
                links += (
                    f'<Relationship Id="r{number}" Target="worksheets/sheet{number}.xml" '
                    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/>'
                )
                file.writestr(f"xl/worksheets/sheet{number}.xml", SHEET.format("".join(map(_row, rows))))
            file.writestr(
                "xl/workbook.xml",
                '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
                'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
                f"<sheets>{names}</sheets></workbook>",
            )
            file.writestr(
                "xl/_rels/workbook.xml.rels",
                f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}</Relationships>',
            )
        return path

    return write


def _row(cells):
    return "<row>" + "".join(map(_cell, cells)) + "</row>"


def _cell(value):
    if value is None:
        return "<c/>"
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
    return f"<c><v>{value}</v></c>"
