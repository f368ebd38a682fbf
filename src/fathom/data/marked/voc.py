"""Pascal VOC (Everingham et al. 2010): an XML file for each picture, lists of which train and which test."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from fathom.data.boxes import Mark
from fathom.data.marked.table import SPELLED, Drawn, Marked, Troubles, by_stem, pictures_in, table, text_of
from fathom.messages import phrase

FORM = "Pascal VOC"
NOTES, PICTURES, LISTS = "Annotations", "JPEGImages", Path("ImageSets") / "Main"
SIDES = ("xmin", "ymin", "xmax", "ymax")


@dataclass
class Note:
    """What the XML file of a picture says; sides as they are written."""

    name: str
    size: tuple[float, float] | None
    boxes: list[tuple[list[float], str]]


def read_folder(folder: Path) -> Marked | None:
    """A folder with Annotations, or with XML files of boxes beside the pictures; None where it has none."""
    return _read(folder, _notes(folder), _parts(folder / LISTS))


def read_list(path: Path) -> Marked | None:
    """The pictures that a list of ImageSets/Main names; None where the file is no such list."""
    if not is_list(path):
        return None
    folder = path.parent.parent.parent
    listed = _names(path)
    notes = [note for note in _notes(folder) if note.stem in listed]
    return _read(folder, notes, {}, listed)


def is_list(path: Path) -> bool:
    """Whether a file is a list of ImageSets/Main of a folder with Annotations."""
    lists = path.suffix == ".txt" and path.parent.parts[-2:] == LISTS.parts
    return lists and (path.parent.parent.parent / NOTES).is_dir()


def _read(folder: Path, notes: list[Path], parts: dict[str, str], only: set[str] | None = None) -> Marked | None:
    if not notes:
        return None
    troubles, found, stems = Troubles(), dict[str, Note | None](), by_stem(_pictures(folder))
    for path in notes:
        try:
            found[path.stem] = _note(path, folder, troubles)
        except (OSError, ValueError, ParseError, DefusedXmlException) as error:
            troubles.files.append((_place(path, folder), str(error) or type(error).__name__))
            found[path.stem] = None
    read = [note for note in found.values() if note]
    if not read or not any(note.boxes or note.size for note in read):
        return None
    from_one = all(min(sides[:2], default=1.0) >= 1.0 for note in read for sides, _ in note.boxes)
    rows = []
    for stem, note in found.items():
        picture = stems.pop(stem, None) or stems.pop(Path(note.name if note else stem).stem, None)
        if picture is None:
            troubles.pictures.append(note.name if note else stem)
            continue
        marks = None if note is None else [_mark(sides, label, from_one) for sides, label in note.boxes]
        rows.append(Drawn(picture, marks, note.size if note else None, parts.get(stem)))
    rest = [Drawn(path, None, None, parts.get(stem)) for stem, path in stems.items() if only is None or stem in only]
    return table(FORM, folder, sorted([*rows, *rest]), troubles)


def _mark(sides: list[float], label: str, from_one: bool) -> Mark:
    """A box; where pixels are counted from 1, the first and the last one are part of it."""
    left, top, right, bottom = sides
    return Mark(left - from_one, top - from_one, right, bottom, label)


def _notes(folder: Path) -> list[Path]:
    """The XML files of a folder, sorted; those beside pictures where there is no Annotations."""
    place = folder / NOTES
    if place.is_dir():
        return sorted(place.rglob("*.xml"))
    return sorted(path for path in folder.glob("*.xml")) or sorted(folder.glob("*/*.xml"))


def _pictures(folder: Path) -> list[str]:
    """The pictures, those in JPEGImages where there is one: other folders of a VOC set hold masks."""
    if (folder / PICTURES).is_dir():
        return [f"{PICTURES}/{path}" for path in pictures_in(folder / PICTURES)]
    return pictures_in(folder)


def _parts(lists: Path) -> dict[str, str]:
    """The part of each picture that the lists name, by its stem."""
    found: dict[str, str] = {}
    for path in sorted(lists.glob("*.txt")) if lists.is_dir() else []:
        if path.stem in SPELLED:
            found |= dict.fromkeys(_names(path), SPELLED[path.stem])
    return found


def _names(path: Path) -> set[str]:
    """The first word of each line: lists of one label have a second one."""
    return {Path(words[0]).stem if "." in words[0] else words[0] for line in text_of(path).splitlines()
            if (words := line.split())}  # fmt: skip


def _place(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _note(path: Path, folder: Path, troubles: Troubles) -> Note:
    """What one file says; boxes that cannot be read are counted."""
    root = fromstring(text_of(path).encode())
    if root.tag != "annotation":
        raise ValueError(phrase("it is no annotation of a picture"))
    boxes = []
    for number, thing in enumerate(root.iter("object"), start=1):
        where = phrase("{path}, box {number}", path=_place(path, folder), number=number)
        label = (thing.findtext("name") or "").strip()
        sides = [_number(thing.findtext(f"bndbox/{side}")) for side in SIDES]
        if not label:
            troubles.unknown.append((where, "?"))
        elif None in sides:
            troubles.boxes.append((where, phrase("a side is no number")))
        else:
            boxes.append(([side for side in sides if side is not None], label))
    width, height = (_number(root.findtext(f"size/{side}")) for side in ("width", "height"))
    return Note(root.findtext("filename") or path.stem, (width, height) if width and height else None, boxes)


def _number(text: Any) -> float | None:
    try:
        found = float(text)
    except (TypeError, ValueError):
        return None
    return found if abs(found) < 1e9 else None
