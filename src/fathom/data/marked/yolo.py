"""YOLO: a text file for each picture, a line for each box: class number, middle, width and height as shares."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from fathom.data import media
from fathom.data.boxes import Mark
from fathom.data.marked.table import SPELLED, Drawn, Marked, Troubles, pictures_in, table, text_of
from fathom.data.media_paths import Folder
from fathom.errors import DataError
from fathom.messages import phrase

FORM = "YOLO"
SETTINGS = ("data.yaml", "data.yml", "dataset.yaml")
NAMES = ("classes.txt", "obj.names", "labels/classes.txt", "_darknet.labels", "train/_darknet.labels")
LABELS, PICTURES = "labels", "images"
MOST = 1 << 64  # a name that is a number is below: Python writes none of thousands of digits


class Settings(yaml.SafeLoader):  # type: ignore[misc]  # PyYAML has no types
    """YAML without merged keys (`<<`), which no such file has and which aliases can unfold without end."""

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Refuse them."""
        if any(key.tag == "tag:yaml.org,2002:merge" for key, _ in node.value):
            raise yaml.constructor.ConstructorError(problem="merged keys (<<)")


def read_folder(folder: Path) -> Marked | None:
    """A folder with a data.yaml, with images/ and labels/, or with classes beside pictures and their texts."""
    for name in SETTINGS:
        if (folder / name).is_file() and (found := read_file(folder / name)):
            return found
    listed = next((folder / name for name in NAMES if (folder / name).is_file()), None)
    if listed is None and not ((folder / LABELS).is_dir() and (folder / PICTURES).is_dir()):
        return None
    pictures = [(path, _part(path)) for path in pictures_in(folder)]
    if not any(_texts(folder / path) for path, _ in pictures):
        return None
    names = [] if listed is None else [line.strip() for line in text_of(listed).splitlines() if line.strip()]
    return _read(folder, pictures, dict(enumerate(names)))


def read_file(path: Path) -> Marked | None:
    """What a data.yaml names: the pictures of each part and the classes; None where it names none."""
    if path.suffix.lower() not in (".yaml", ".yml"):
        return None
    try:
        told = Settings(text_of(path)).get_single_data()
    except (yaml.YAMLError, OSError, ValueError, RecursionError) as error:
        raise DataError(
            phrase("The file is no YAML: {error}.", error=str(error).splitlines()[0]),
            where=str(path),
            remedy=phrase("It names the folders of pictures (train, val, test) and the classes (names)."),
        ) from error
    if not isinstance(told, dict) or "names" not in told or not {"train", "val", "test"} & told.keys():
        return None
    names, root, base = _names(told["names"], path), path.parent, told.get("path")
    pictures: dict[str, str | None] = {}
    for key in ("test", "val", "valid", "train"):  # a picture in two lists is kept out of training
        for picture in _given(told.get(key), root, base if isinstance(base, str) else ""):
            pictures.setdefault(picture, SPELLED[key])
    return _read(root, sorted(pictures.items()), names)


def _names(told: Any, path: Path) -> dict[int, str]:
    """The classes by number, from a list or from numbers with a name each.

    DataError for anything else: aliases may make of a small file a list whose text is longer than any memory.
    """
    pairs = enumerate(told) if isinstance(told, list) else told.items() if isinstance(told, dict) else ()
    found: dict[int, str] = {}
    for place, (key, name) in enumerate(pairs, start=1):
        number = _number(key)
        if number is None or not isinstance(name, str | float | int) or (type(name) is int and abs(name) >= MOST):
            raise DataError(
                phrase("Class {place} of 'names' has no whole number, or a name that is no text.", place=place),
                where=str(path),
                remedy=phrase("Write names as a list of texts, or as numbers with a text each: 0: cat."),
            )
        found[number] = str(name)
    return found


def _number(key: Any) -> int | None:
    """The whole number that a key is or spells, None where it is another thing."""
    try:
        number = int(key) if isinstance(key, str | int | float) else None
    except (ValueError, OverflowError):
        return None
    return number if isinstance(key, str) or number == key else None


def _given(value: Any, root: Path, base: str) -> Iterator[str]:
    """The pictures, relative to `root`, that an entry of the settings names: folders, lists of files, or several."""
    for entry in value if isinstance(value, list) else [value]:
        if not isinstance(entry, str):
            continue
        plain = entry.removeprefix("./")
        while plain.startswith("../"):  # exports write paths as seen from a folder that is not there
            plain = plain[3:]
        places = (root / base / entry, root / entry, root / plain)
        place = next((each.resolve() for each in places if each.exists() and _inside(each, root)), None)
        if place is None:
            continue
        if place.is_dir():
            yield from ((place.relative_to(root.resolve()) / path).as_posix() for path in pictures_in(place))
        elif place.suffix == ".txt":
            for line in filter(None, map(str.strip, text_of(place).splitlines())):
                near = next((each for each in (place.parent / line, root / line) if _inside(each, root)), None)
                if near is not None:
                    yield near.resolve().relative_to(root.resolve()).as_posix()


def _inside(path: Path, root: Path) -> bool:
    return path.resolve().is_relative_to(root.resolve())


def _part(path: str) -> str | None:
    """The part that one of a picture's folders stands for."""
    return next((SPELLED[name] for name in path.lower().split("/")[:-1] if name in SPELLED), None)


def _texts(picture: Path) -> Path | None:
    """The text file of a picture: in labels/ as it is in images/, or beside it."""
    parts = list(picture.parts)
    found = [picture.with_suffix(".txt")]
    for place in range(len(parts) - 2, -1, -1):
        if parts[place] == PICTURES:
            found.insert(0, Path(*parts[:place], LABELS, *parts[place + 1 :]).with_suffix(".txt"))
            break
    return next((path for path in found if path.is_file()), None)


def _read(folder: Path, pictures: list[tuple[str, str | None]], names: dict[int, str]) -> Marked:
    troubles, place, rows = Troubles(), Folder(folder), list[Drawn]()
    texts = {path: _texts(folder / path) for path, _ in pictures}
    looked = {part for path, part in pictures if texts[path]}
    for path, part in pictures:
        if not (folder / path).is_file():
            troubles.pictures.append(path)
            continue
        text, size = texts[path], media.size_of(path, place)
        if text is None or size is None:  # no text beside others that have one: somebody looked and saw nothing
            rows.append(Drawn(path, [] if size and part in looked else None, None, part))
            continue
        try:
            lines = text_of(text).splitlines()
        except (OSError, ValueError) as error:
            troubles.files.append((text.relative_to(folder).as_posix(), str(error)))
            rows.append(Drawn(path, None, None, part))
            continue
        where = text.relative_to(folder).as_posix()
        marks = [_mark(line.split(), size, names, f"{where}:{n}", troubles) for n, line in enumerate(lines, 1)]
        rows.append(Drawn(path, [mark for mark in marks if mark], None, part))
    return table(FORM, folder, rows, troubles)


def _mark(
    words: list[str], size: tuple[int, int], names: dict[int, str], where: str, troubles: Troubles
) -> Mark | None:
    """The box of a line; more numbers than five are the corners of an outline, a sixth alone how sure somebody was."""
    if not words:
        return None
    try:
        number, values = int(float(words[0])), [float(word) for word in words[1:]]
    except (ValueError, OverflowError):
        values, number = [], 0
    if len(values) < 4 or not all(map(math.isfinite, values)):
        troubles.boxes.append((where, phrase("it has no class and four numbers")))
        return None
    label = names.get(number, "" if names else f"class {number}")
    if not label:
        troubles.unknown.append((where, str(number)))
        return None
    if len(values) >= 6 and len(values) % 2 == 0:
        left, right, top, bottom = min(values[::2]), max(values[::2]), min(values[1::2]), max(values[1::2])
    else:
        x, y, width, height = values[:4]
        left, right, top, bottom = x - width / 2, x + width / 2, y - height / 2, y + height / 2
    return Mark(left * size[0], top * size[1], right * size[0], bottom * size[1], label)
