"""Windows that slide over a picture as a graph: the picture at its scales, cells, scores, moves, suppression.

Pictures of any size go in, as the learner looks at each in its own: what follows from the size is computed inside.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fathom.classical.features import cells
from fathom.classical.sliding_window import FLOOR, MOST_CANDIDATES, MOST_SAID, Pattern, SlidingWindow, pictures
from fathom.classical.windows import CONTEXT, MOST_PIXELS, PAD, STEPS
from fathom.data.dataset import Dataset
from fathom.errors import ExportError
from fathom.exports.boxes import settled
from fathom.exports.graph import Answer, Graph
from fathom.messages import phrase
from fathom.model import Model
from fathom.tasks.boxes import Box, Boxes

EXAMPLE = (2, 40, 56, 3)
BITS = 22  # of the fixed point that pictures are resized in
NEVER = -1e9  # the score of what is no window


def graph_of(model: Model) -> Graph:
    """The graph of a detector by sliding windows."""
    learner: Any = model.learner
    if not learner.patterns_:
        raise ExportError(
            phrase("What '{name}' computes of rows like these cannot be written as ONNX.", name=model.name),
            remedy=phrase("Serve it with `fathom serve`."),
        )

    def tensors(dataset: Dataset) -> tuple[Tensor]:
        found = [pixels for _, pixels in pictures(dataset, learner.column_, strict=True)]
        return (torch.from_numpy(np.stack(found)),)

    def predict(run: Answer, dataset: Dataset) -> Boxes:
        rows: list[list[Box]] = [[] for _ in range(len(dataset))]
        for row, pixels in pictures(dataset, learner.column_, strict=True):
            (found,) = run((torch.from_numpy(pixels[None].copy()),))
            sure = found[0][found[0][:, 5] > 0].astype(np.float64).tolist()
            rows[row] = [
                Box(left, top, right, bottom, model.problem.boxes[int(code)], min(likely, 1.0))
                for left, top, right, bottom, code, likely in sure
            ]
        return Boxes.of(rows)

    return Graph(
        Windows(learner, model.problem.boxes).eval(),
        (torch.zeros(EXAMPLE, dtype=torch.uint8),),
        ("pixels",),
        ("boxes",),
        tensors,
        predict,
        {
            "column": learner.column_,
            "channels": 3,
            "layout": "rows, height, width, channels",
            "values": "0 to 255, uint8",
            "colours": "RGB",
            "size": "each picture's own, upright by EXIF, transparent parts white; rows of one call have the same size",
        },
        {
            "boxes": ["left", "top", "right", "bottom", "position in classes", "how sure; 0: no box"],
            "unit": "pixels of the picture that went in",
        },
        {"pixels": {1: "height", 2: "width"}, "boxes": {1: "boxes"}},
    )


class Windows(nn.Module):
    """Boxes float32 [rows, labels x 100, 6], the surest first, of pixels uint8 [rows, height, width, 3]."""

    def __init__(self, learner: SlidingWindow, labels: tuple[str, ...]) -> None:
        super().__init__()
        patterns = learner.patterns_
        self.steps = sorted({at for each in patterns for at in range(each.shape.first, each.shape.last + 1)})
        high, wide = (max(each.shape.whole[axis] for each in patterns) for axis in (0, 1))
        least = 2 * PAD + 1  # cells of the smallest picture: a window may be larger
        self.level = Level(learner.cells_, max(0, high - least), max(0, wide - least))
        self.searches = nn.ModuleList([Search(each, self.steps, len(learner.cells_.names)) for each in patterns])
        self.owners = [labels.index(each.shape.label) for each in patterns]
        self.sure = [learner.sure_[label] for label in labels]
        self.overlap = learner.overlap_
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # as for `boxes.Found`
            self.settled: Any = torch.jit.script(settled)

    def forward(self, pixels: Tensor) -> Tensor:
        """Left, top, right, bottom in pixels, the label's position, how sure; 0: none."""
        size = torch._shape_as_tensor(pixels)[1:3].double()
        levels = [self.level(pixels, size, step) for step in self.steps]
        found = [search(levels, size) for search in self.searches]
        said = []
        for label in sorted(set(self.owners)):
            mine = [each for each, owner in zip(found, self.owners, strict=True) if owner == label]
            boxes, scores = torch.cat([each[0] for each in mine], dim=1), torch.cat([each[1] for each in mine], dim=1)
            said.append(self._best(boxes, scores, label))
        every = torch.cat(said, dim=1)
        order = every[..., 5].topk(MOST_SAID * len(said), dim=1).indices
        return every.gather(1, order[..., None].expand(-1, -1, 6)).float()

    def _best(self, boxes: Tensor, scores: Tensor, label: int) -> Tensor:
        """Of candidates of one label over one another the best, float64 [rows, 100, 6]."""
        most = MOST_CANDIDATES * self.owners.count(label)
        scores, order = scores.topk(most, dim=1)
        boxes = boxes.gather(1, order[..., None].expand(-1, -1, 4))
        there = (scores > NEVER / 2).float()
        surer = torch.ones(most, most, dtype=torch.bool).triu(diagonal=1)
        over = ((overlaps(boxes) > self.overlap) & surer).float() * there[:, :, None] * there[:, None, :]
        stays = self.settled(over) * there
        kept, order = torch.where(stays > 0, scores, torch.full_like(scores, NEVER)).topk(MOST_SAID, dim=1)
        slope, shift = self.sure[label]
        sure = torch.sigmoid((slope * kept + shift).clamp(-30, 30)) * (kept > NEVER / 2).double()
        which = torch.full_like(sure, float(label))
        return torch.cat(
            [boxes.gather(1, order[..., None].expand(-1, -1, 4)), which[..., None], sure[..., None]], dim=2
        )


class Search(nn.Module):
    """The candidates of one pattern: boxes float64 [rows, 200, 4] and scores [rows, 200]."""

    weights: Tensor
    move: Tensor

    def __init__(self, pattern: Pattern, steps: list[int], features: int) -> None:
        super().__init__()
        self.shape, self.bias = pattern.shape, pattern.bias
        high, wide = pattern.shape.whole
        weights = pattern.weights.reshape(1, high, wide, features).transpose(0, 3, 1, 2)
        self.register_buffer("weights", torch.tensor(np.ascontiguousarray(weights)))
        self.register_buffer("move", torch.tensor(pattern.move))
        self.fitting = [at for at, step in enumerate(steps) if pattern.shape.first <= step <= pattern.shape.last]

    def forward(self, levels: list[tuple[Tensor, ...]], size: Tensor) -> tuple[Tensor, Tensor]:
        """The windows that score most, moved to fit."""
        scores, places, tables, stride, before = [], [], [], [], torch.zeros((), dtype=torch.long)
        for at in self.fitting:
            level, rows, columns, scale, there = levels[at]
            found, boxes, start, width = self._level(level, rows, columns, scale, there)
            scores.append(found)
            places.append(boxes)
            stride.append(torch.stack([start + before, width.expand_as(start)], dim=1))
            tables.append(level.flatten(2).transpose(1, 2))
            before = before + torch._shape_as_tensor(tables[-1])[1]
        none = torch.full_like(scores[0][:, :1], NEVER).expand(-1, MOST_CANDIDATES)  # where there are fewer windows
        best, order = torch.cat([*scores, none], dim=1).topk(MOST_CANDIDATES, dim=1)
        where = torch.cat([*places, torch.zeros(MOST_CANDIDATES, 4, dtype=torch.float64)])[order]
        cell = torch.cat([*stride, torch.zeros(MOST_CANDIDATES, 2, dtype=torch.long)])[order]
        high, wide = self.shape.whole
        down, across = torch.arange(high).repeat_interleave(wide), torch.arange(wide).repeat(high)
        within = cell[..., :1] + down * cell[..., 1:] + across
        table = torch.cat(tables, dim=1)
        features = int(self.weights.shape[1])
        index = within.flatten(1)[..., None].expand(-1, -1, features)
        vectors = table.gather(1, index).reshape(-1, MOST_CANDIDATES, high * wide * features)
        by = (vectors @ self.move[:-1] + self.move[-1]).double().clamp(-0.4, 0.4)
        sides = where[..., 2:] - where[..., :2]
        middle, half = (where[..., :2] + where[..., 2:]) / 2 + by[..., :2] * sides, sides * by[..., 2:].exp() / 2
        limit = size.flip(0)
        fitted = [torch.minimum(edge.clamp_min(0.0), limit) for edge in (middle - half, middle + half)]
        whole = (best > FLOOR) & ((fitted[1] - fitted[0]).amin(dim=2) >= 1)
        return torch.cat(fitted, dim=2), torch.where(whole, best, torch.full_like(best, NEVER)).double()

    def _level(
        self, level: Tensor, rows: Tensor, columns: Tensor, scale: Tensor, there: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Scores, boxes, first cell of each window and how many cells lie in a row."""
        high, wide = self.shape.whole
        scores = F.conv2d(level, self.weights)[:, 0] + self.bias
        count, width = torch._shape_as_tensor(scores)[1:3], torch._shape_as_tensor(level)[3]
        down, across = counted_to(count[0]), counted_to(count[1])
        fits = (down <= rows - high)[:, None] & (across <= columns - wide)[None, :] & there
        scores = torch.where(fits, scores, torch.full_like(scores, NEVER))
        top, left = (torch.stack([each + (CONTEXT - PAD), each + (CONTEXT - PAD + side)]).double() * cells.CELL
                     for each, side in ((down, self.shape.rows), (across, self.shape.columns)))  # fmt: skip
        tall, long = (top / scale[:1])[:, :, None], (left / scale[1:])[:, None, :]
        tall, long = tall + torch.zeros_like(long), long + torch.zeros_like(tall)
        boxes = torch.stack([long[0], tall[0], long[1], tall[1]], dim=2).flatten(0, 1)
        start = (down[:, None] * width + across[None, :]).flatten()
        return scores.flatten(1), boxes, start, width


class Level(nn.Module):
    """A picture at one scale, as `windows.levels` and `Cells.of` make it, with cells of nothing for large windows."""

    senses: Tensor
    palette: Tensor
    spread: Tensor

    def __init__(self, told: cells.Cells, below: int, beside: int) -> None:
        super().__init__()
        self.outside = (PAD, PAD + beside, PAD, PAD + below)
        self.register_buffer("senses", torch.tensor(cells.gradient_tables()[1].astype(np.uint8)))
        self.register_buffer("palette", torch.tensor(np.array(told.palette, dtype=np.float64)))
        spread = torch.tensor(cells.SPREAD)
        self.register_buffer("spread", torch.outer(spread, spread)[None, None])

    def forward(self, pixels: Tensor, size: Tensor, step: int) -> tuple[Tensor, ...]:
        """Features [rows, features, down, across]; cells down and across, scale of both, whether it is looked at."""
        wanted = (size * 2.0 ** (step / STEPS)).round().clamp_min(1.0)
        there = wanted.prod() <= MOST_PIXELS
        if step < 0:
            there = there & (wanted.amin() >= cells.CELL)
        wanted = torch.where(there, wanted, torch.ones_like(wanted))  # what is not looked at costs next to nothing
        count = (wanted / cells.CELL).floor().clamp_min(1.0).long()
        picture = pixels.permute(0, 3, 1, 2).double()
        for axis in (1, 0):
            picture = resized(picture, size[axis : axis + 1], wanted[axis : axis + 1], count[axis] * cells.CELL, axis)
        found = torch.cat([self.edges(picture.float()), self.colours(picture)], dim=1)
        found = F.pad(found, self.outside)
        beyond = F.pad(torch.zeros_like(found[:, :1, PAD : -self.outside[3], PAD : -self.outside[1]]), self.outside,
                       value=0.5)  # fmt: skip
        around = count + 2 * PAD
        return torch.cat([found, beyond], dim=1), around[0], around[1], wanted / size, there

    def colours(self, picture: Tensor) -> Tensor:
        """The shares of the usual colours in each cell, of float64 [rows, 3, height, width]."""
        few = picture[:, :, ::2, ::2].permute(0, 2, 3, 1)
        near = (few @ self.palette.T) * -2 + self.palette.square().sum(dim=1)
        chosen = near.argmin(dim=3)[:, None]
        side = cells.CELL // 2
        shares = [F.avg_pool2d((chosen == each).float(), side) for each in range(len(self.palette))]
        return torch.cat(shares, dim=1).sqrt() * 0.4

    def edges(self, picture: Tensor) -> Tensor:
        """The 31 sums of edges of each cell."""
        across = F.pad(picture[..., 2:] - picture[..., :-2], (1, 1, 0, 0))
        down = F.pad(picture[:, :, 2:] - picture[:, :, :-2], (0, 0, 1, 1))
        square, place = across.square() + down.square(), cells.STEPS * (across + 255) + down + 255
        strongest, which = square[:, 0], place[:, 0]
        for channel in (1, 2):
            which = torch.where(square[:, channel] > strongest, place[:, channel], which)
            strongest = torch.maximum(square[:, channel], strongest)
        sense, size = self.senses[which.long()].long(), strongest.sqrt()
        halves = [F.avg_pool2d((size * (sense == each).float())[:, None], cells.HALF) for each in range(cells.SENSES)]
        counts = [F.conv2d(each * cells.HALF**2, self.spread, stride=2, padding=1) for each in halves]
        return weighed(torch.cat(counts, dim=1))


def weighed(counts: Tensor) -> Tensor:
    """Counts of 18 senses as 31 features, as `cells` weighs them."""
    half = cells.SENSES // 2
    plain = counts[:, :half] + counts[:, half:]
    energy = F.pad(plain.square().sum(dim=1, keepdim=True), (1, 1, 1, 1), mode="replicate")
    blocks = energy[..., :-1, :-1] + energy[..., 1:, :-1] + energy[..., :-1, 1:] + energy[..., 1:, 1:]
    corners = (blocks[..., :-1, :-1], blocks[..., :-1, 1:], blocks[..., 1:, :-1], blocks[..., 1:, 1:])
    norms = [1 / (each + 1e-2).sqrt() for each in corners]
    senses = [(counts * norm).clamp_max(cells.CLIP) for norm in norms]
    both = [(plain * norm).clamp_max(cells.CLIP) for norm in norms]
    sums = [each.sum(dim=1, keepdim=True) * 0.2357 for each in senses]
    total = [(each[0] + each[1] + each[2] + each[3]) / 2 for each in (senses, both)]
    return torch.cat([*total, *sums], dim=1)


def resized(picture: Tensor, size: Tensor, wanted: Tensor, kept: Tensor, axis: int) -> Tensor:
    """A picture's rows (`axis` 0) or columns (1) of `size` [1] made `wanted` [1], cut or filled up to `kept`.

    No side is a tensor without dimensions: the exporter would compute with it in single precision.
    Bilinear as Pillow changes one side, float64 [rows, 3, height, width] of whole numbers: the weights are rounded to
    22 bits, and what comes out to a byte.
    """
    scale = size / wanted
    reach = scale.clamp_min(1.0)
    centre = (torch.minimum(counted_to(kept).double(), wanted - 1) + 0.5)[:, None] * scale
    place = counted_to(size.long()[0]).double()[None, :]
    first, last = (centre - reach + 0.5).clamp_min(0.0).floor(), (centre + reach + 0.5).floor()
    weights = (1 - ((place - centre + 0.5) / reach).abs()).clamp_min(0.0) * ((place >= first) & (place < last)).double()
    weights = (weights / weights.sum(dim=1, keepdim=True) * 2.0**BITS + 0.5).floor()
    made = weights @ picture if axis == 0 else picture @ weights.T
    whole: Tensor = (made / 2.0**BITS + 0.5).floor().clamp(0.0, 255.0)
    return whole


def counted_to(end: Any) -> Tensor:
    """0, 1, ... below `end`, a tensor that the file computes; int64 [end]."""
    return torch.arange(end)


def overlaps(boxes: Tensor) -> Tensor:
    """What each two of float64 [rows, boxes, 4] share of what both cover, [rows, boxes, boxes]."""
    low = torch.maximum(boxes[:, :, None, :2], boxes[:, None, :, :2])
    high = torch.minimum(boxes[:, :, None, 2:], boxes[:, None, :, 2:])
    common = (high - low).clamp_min(0.0).prod(dim=3)
    area = (boxes[..., 2:] - boxes[..., :2]).clamp_min(0.0).prod(dim=2)
    both = area[:, :, None] + area[:, None, :] - common
    return common / both.clamp_min(1e-12)
