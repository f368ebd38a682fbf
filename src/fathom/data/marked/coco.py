"""COCO (Lin et al. 2014): one JSON file for many pictures, a box as left, top, width, height."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import orjson

from fathom.data.boxes import Mark
from fathom.data.marked.table import SPELLED, Drawn, Marked, Troubles, pictures_in, table
from fathom.errors import DataError
from fathom.messages import phrase

FORM = "COCO"
MARKS = (b'"images"', b'"annotations"', b'"categories"')
NAMED = b'"file_name"'  # beside "images" tells a file that was cut short before its other keys
MOST = 1e9  # a number of pixels is below
MOST_FILES = 50  # of JSON that are looked into; a folder of more holds one for each picture, in another form
PART = re.compile(r"(?<![a-z])(train|training|val|valid|validation|test)(?![a-z])")


def read_folder(folder: Path) -> Marked | None:
    """All COCO files of a folder, of its sub-folders or of its annotations/; None where it has none."""
    places = sorted([*folder.glob("*.json"), *folder.glob("*/*.json")])
    files = [(path, found) for path in places[:MOST_FILES] if (found := _parsed(path))]
    return _read(folder, files) if files else None


def read_file(path: Path) -> Marked | None:
    """One COCO file, its pictures beside it or in a folder beside its own; None where it is none."""
    if path.suffix.lower() != ".json" or (found := _parsed(path)) is None:
        return None
    named = {str(image.get("file_name", "")).rpartition("/")[2] for image in found["images"] if _object(image)}
    here = {name.rpartition("/")[2] for name in pictures_in(path.parent)}
    return _read(path.parent if named & here else path.parent.parent, [(path, found)])


def _parsed(path: Path) -> dict[str, Any] | None:
    """The file's content where it is COCO, told by its keys before it is parsed; DataError where it is broken COCO."""
    data = path.read_bytes().removeprefix(b"\xef\xbb\xbf") if path.is_file() else b""
    if not data.lstrip().startswith(b"{") or MARKS[0] not in data or not any(m in data for m in (*MARKS[1:], NAMED)):
        return None
    try:
        found = _loaded(data)
    except (ValueError, RecursionError) as error:  # read as anything else, its boxes would be lost without a word
        raise DataError(
            phrase("The file looks like {form} and is no JSON: {error}.", form=FORM, error=str(error)[:200]),
            where=str(path),
            remedy=phrase("It is damaged, cut short or of another format; write or copy it again."),
        ) from error
    lists = all(isinstance(found.get(name), list) for name in ("images", "annotations", "categories"))
    boxed = lists and (any(_object(each) and "bbox" in each for each in found["annotations"]) or found["images"])
    return found if boxed else None


def _loaded(data: bytes) -> Any:
    """The JSON, with NaN and Infinity too: Python writes them, though JSON has none. ValueError where it is none."""
    try:
        return orjson.loads(data)
    except ValueError:
        return json.loads(data)


def _object(value: Any) -> bool:
    return isinstance(value, dict)


def _key(value: Any) -> int | str | None:
    """What a picture or a category is numbered; None for what is no number of anything."""
    return value if isinstance(value, int | str) else None


def _read(folder: Path, files: list[tuple[Path, dict[str, Any]]]) -> Marked:
    paths = pictures_in(folder)
    there, names = set(paths), dict[str, list[str]]()
    for there_is in paths:
        names.setdefault(there_is.rpartition("/")[2], []).append(there_is)
    troubles, rows = Troubles(), list[Drawn]()
    for path, content in files:
        images = _images(content)
        numbered = Counter(key for key, _ in images if key is not None)
        boxes = _boxes(content, path.name, set(numbered), troubles)
        part = _part(path) if len(files) > 1 else None
        for (key, name), image in images.items():
            picture = name if name in there else _nearest(names.get(name.rpartition("/")[2], []), path, folder, name)
            if picture is None:
                troubles.pictures.append(name or str(image.get("id")))
                continue
            shared = key is not None and numbered[key] > 1  # nobody can say whose the boxes are
            if shared:
                troubles.shared.append((name, str(key)))
            size = (image.get("width"), image.get("height"))
            known = all(isinstance(side, int | float) and 0 < side < MOST for side in size)
            rows.append(Drawn(picture, None if shared else boxes.get(key, []), size if known else None, part))
    return table(FORM, folder, rows, troubles)


def _images(content: dict[str, Any]) -> dict[tuple[int | str | None, str], Any]:
    """The pictures by number and name, so that one which is written twice counts once."""
    images = filter(_object, content["images"])
    return {(_key(image.get("id")), str(image.get("file_name") or "")): image for image in images}


def _nearest(paths: list[str], file: Path, folder: Path, name: str) -> str | None:
    """Of pictures of one name that which lies with the file, else whose path ends as is written, else in its part."""
    near = file.parent.relative_to(folder).as_posix() if file.parent != folder else ""
    part = _part(file)
    ranks = [(path.rpartition("/")[0] == near, path.endswith(f"/{name}"), bool(part) and _part(Path(path)) == part)
             for path in paths]  # fmt: skip
    return paths[max(range(len(paths)), key=ranks.__getitem__)] if paths else None


def _part(path: Path) -> str | None:
    """The part of the data that a file's name, or its folder's, stands for."""
    for name in (path.name, path.parent.name):
        if found := PART.search(re.sub(r"[\d_]+", " ", name.lower())):
            return SPELLED[found[1]]
    return None


def _boxes(content: dict[str, Any], file: str, numbered: set[Any], troubles: Troubles) -> dict[Any, list[Mark]]:
    """The boxes of each picture by its number; those of a number that no picture has are counted."""
    categories = filter(_object, content["categories"])
    labels = {_key(each.get("id")): str(each.get("name") or "").strip() for each in categories}
    found: dict[Any, list[Mark]] = {}
    for number, each in enumerate(content["annotations"], start=1):
        where = phrase("{path}, box {number}", path=file, number=number)
        box = each.get("bbox") if _object(each) else None
        box = box if isinstance(box, list) else []
        if not _fit(box) or not isinstance(each.get("image_id"), int | str):
            troubles.boxes.append((where, phrase("'bbox' is no list of left, top, width and height")))
        elif each["image_id"] not in numbered:
            troubles.strangers.append((where, str(each["image_id"])))
        elif each.get("iscrowd"):
            troubles.crowds += 1
        elif not isinstance(each.get("category_id"), int | str) or not labels.get(each["category_id"]):
            troubles.unknown.append((where, str(each.get("category_id"))))
        else:
            left, top, width, height = map(float, box)
            mark = Mark(left, top, left + width, top + height, labels[each["category_id"]])
            found.setdefault(each["image_id"], []).append(mark)
    return found


def _fit(box: list[Any]) -> bool:
    return len(box) == 4 and all(isinstance(side, int | float) and abs(side) < MOST for side in box)
