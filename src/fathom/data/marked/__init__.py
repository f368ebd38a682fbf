"""Pictures with boxes as annotation tools write them: Pascal VOC, COCO and YOLO, told by what is in the folder."""

from __future__ import annotations

from pathlib import Path

from fathom.data.marked import coco, voc, yolo
from fathom.data.marked.table import Marked

FOLDERS = (voc.read_folder, coco.read_folder, yolo.read_folder)
FILE_SUFFIXES = (".json", ".txt", ".yaml", ".yml")
FILES = (voc.read_list, coco.read_file, yolo.read_file)

__all__ = ["Marked", "is_marked", "read_marked"]


def is_marked(path: Path) -> bool:
    """Whether a file of a suffix that tables have is one of pictures with boxes."""
    return voc.is_list(path)


def folder_of(path: Path) -> Path:
    """What paths to pictures are relative to in whatever a path leads to."""
    if path.is_dir():
        return path
    if path.suffix.lower() in FILE_SUFFIXES and (marked := read_marked(path)):
        return marked.folder
    return path.parent


def read_marked(path: Path) -> Marked | None:
    """The pictures and boxes that a folder holds, or a file stands for; None where it is nothing of the kind.

    Files: a COCO JSON, the data.yaml of YOLO, a list of ImageSets of Pascal VOC.
    """
    readers = FOLDERS if path.is_dir() else FILES if path.is_file() else ()
    return next((found for reader in readers if (found := reader(path)) is not None), None)
