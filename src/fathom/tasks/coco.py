"""Boxes as COCO writes them: one JSON object of pictures, labels and boxes, as other tools read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fathom.tasks.boxes import Boxes


def as_coco(
    names: Sequence[str | None], sizes: Sequence[Sequence[int]], said: Boxes, labels: Sequence[str]
) -> dict[str, Any]:
    """Pictures, their width and height, and the boxes said of them as plain JSON data; `score` is the probability.

    >>> from fathom.tasks.boxes import Box
    >>> found = as_coco(["a.png"], [(9, 9)], Boxes.of([[Box(1, 2, 4, 4, "cat", 0.5)]]), ["cat"])
    >>> found["annotations"][0]["bbox"], found["categories"]
    ([1, 2, 3, 2], [{'id': 1, 'name': 'cat'}])
    """
    places = {label: number for number, label in enumerate(labels, start=1)}
    boxes = [(row, box) for row, found in enumerate(said.rows, start=1) for box in found]
    return {
        "images": [
            {"id": row, "file_name": name or "", "width": int(size[0]), "height": int(size[1])}
            for row, (name, size) in enumerate(zip(names, sizes, strict=True), start=1)
        ],
        "categories": [{"id": number, "name": label} for label, number in places.items()],
        "annotations": [
            {
                "id": number,
                "image_id": row,
                "category_id": places[box.label],
                "bbox": [box.left, box.top, box.right - box.left, box.bottom - box.top],
                "area": (box.right - box.left) * (box.bottom - box.top),
                "iscrowd": 0,
                "score": box.probability,
            }
            for number, (row, box) in enumerate(boxes, start=1)
        ],
    }
