"""Opening a study: the one that the same data and settings began and did not end, or a new one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from fathom import __version__
from fathom.data import corpus, ink
from fathom.data.kinds import Kind
from fathom.folders import whole_folder
from fathom.locks import locked
from fathom.model import MEMORY, finite, now
from fathom.names import name_from
from fathom.protocol import hardware
from fathom.protocol.command import command
from fathom.protocol.contenders import Contender
from fathom.protocol.frames import write_dataset, write_orders
from fathom.protocol.prepare import Prepared
from fathom.protocol.request import Request
from fathom.protocol.study import DONE, FILE, Study
from fathom.store import Store

PARTS = ("train", "valid", "test", "truth")
ORDERED = ("train", "valid")
STOCK = f"data/stock{corpus.SUFFIX}"  # texts without labels to learn from first
GAZETTEERS = "data/gazetteers"  # a file of names for each list


@dataclass
class Opening:
    """What a study is opened with."""

    store: Store
    request: Request
    prepared: Prepared
    contenders: list[Contender]

    @property
    def label(self) -> str:
        """What the study and its model are called: the name that was given, or the data's."""
        return self.request.name or name_from(self.prepared.dataset.source.name)

    @contextmanager
    def study(self) -> Iterator[Study]:
        """The study, locked against any other process, its data on disk."""
        with ExitStack() as stack:
            folder, spent = self._unfinished(stack)
            if folder is None:
                folder = self.store.new_study(self.label)
                stack.enter_context(locked(folder / ".lock"))
            study = self._new(folder)
            study.seconds = spent
            study.save()
            if not all((folder / "data" / f"{part}.json").is_file() for part in PARTS):
                for part in ORDERED:
                    write_orders(getattr(self.prepared, f"{part}_order"), folder / "data" / part)
                for part in PARTS:
                    write_dataset(getattr(self.prepared, part), folder / "data" / part)
            if self.prepared.memory is not None and not (folder / "data" / MEMORY).is_dir():
                with whole_folder(folder / "data" / MEMORY) as beside:
                    self.prepared.memory.save(beside)
            if self.prepared.stock is not None:
                corpus.write(self.prepared.stock, folder / STOCK)
            yield study

    def card(self) -> dict[str, Any]:
        """What every model of the study says about where it comes from."""
        prepared = self.prepared
        return {
            "data": prepared.dataset.source.name,
            "fingerprint": self._fingerprint,
            **({"given": prepared.dataset.source.given} if prepared.dataset.source.given else {}),
            "rows": len(prepared.dataset),
            "train_rows": len(prepared.train),
            "valid_rows": len(prepared.valid),
            "seed": self.request.seed,
            "target": prepared.dataset.column(prepared.problem.target).to_json(),
            **ink.drawing(prepared.train, prepared.problem.inputs_of(Kind.IMAGE)),
        }

    @cached_property
    def _fingerprint(self) -> str:
        return self.prepared.dataset.fingerprint()

    @cached_property
    def _key(self) -> str:
        """Equal for the same data, settings and contenders under the same version."""
        parts = {
            "fathom": __version__,
            "data": [self._fingerprint, self.prepared.test.fingerprint(), self.prepared.truth.fingerprint()],
            "settings": self.request.settings("", self.contenders),
            "gazetteers": self.prepared.gazetteers,
            "contenders": [[each.name, each.parameters] for each in self.contenders],
        }
        return hashlib.sha256(json.dumps(finite(parts), sort_keys=True).encode()).hexdigest()

    def _unfinished(self, stack: ExitStack) -> tuple[Path | None, float]:
        """The folder of a study to go on with, its lock held by `stack`, and the seconds that it took so far."""
        for folder in self.store.study_folders(self.label):
            try:
                record = json.loads((folder / FILE).read_text("utf-8"))
            except (OSError, ValueError):
                continue
            same = record.get("settings", {}).get("key") == self._key and record.get("status") != DONE
            if same and stack.enter_context(locked(folder / ".lock", wait=False)):
                return folder, float(record.get("seconds") or 0.0)
        return None, 0.0

    def _new(self, folder: Path) -> Study:
        prepared = self.prepared
        settings = self.request.settings(prepared.dataset.source.location, self.contenders)
        return Study(
            name=folder.name,
            folder=folder,
            task=prepared.task.name,
            problem=prepared.problem,
            measure=prepared.measure.name,
            rows=len(prepared.dataset),
            train_rows=len(prepared.train),
            valid_rows=len(prepared.valid),
            test_rows=len(prepared.test),
            seed=self.request.seed,
            created=now(),
            settings={**settings, "key": self._key, "notices": list(prepared.dataset.source.notices)},
            hardware=hardware.describe(),
            findings=prepared.findings,
            command=command(settings),
        )
