"""A study: the trials of all contenders on one problem, and the verdict drawn from them."""

from __future__ import annotations

import html
import json
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from fathom import __version__
from fathom.data.check import Finding
from fathom.data.dataset import Dataset
from fathom.errors import FathomError, StoreError
from fathom.folders import write_json
from fathom.messages import phrase, restore
from fathom.model import Model, finite, read_record
from fathom.protocol import keeping, notebook
from fathom.protocol.costs import cost
from fathom.protocol.curves.curve import Curve, Outlook, Point, beyond
from fathom.protocol.frames import TESTED, read_dataset
from fathom.store import Store
from fathom.tasks import predictions
from fathom.tasks.problem import Problem

FORMAT = 1
FILE = "study.json"
DONE = "done"
INTERRUPTED = "interrupted"
VERDICT_KEYS = ("learner", "family", "tie", "text", "notes", "grown", "preliminary")
CONTENDER_KEYS = (
    "learner",
    "family",
    "score",
    "low",
    "high",
    "measures",
    "fit_seconds",
    "predict_ms_per_row",
    "peak_mb",
    "model_mb",
    "status",
    "latency_ms",
    "energy_wh",
    "energy_source",
    "hardware",
    "cost_on",
)


@dataclass
class Trial:
    """One learner, trained and tested: what it scored and what it cost.

    `status` is "done", "failed", "out of memory", "timed out", "dropped" (on samples of the rows it fell so far behind
    that it could not win any more), "skipped" or "interrupted"; `message` says why.
    `score`, `low`, `high`: the deciding measure on the test rows and its 95 % bootstrap interval (None unless done).
    `hurried`: it used up its time, so that more may make it better.
    `steps`: name and seconds of each step of learning. `notes`: what else the learner told of its training, by name
    ("transfer": what each step brought, of a trained network that learned on). `features`: what a classical learner
    was told, `told` how many (of thousands, `features` holds the first and the last).
    `latency_ms`: for "row" (asked alone) and "batch" the `p50` and `p99` in milliseconds a row, and how many `calls`.
    `energy_wh`: of the training, and where the number is from: `energy_source` is "estimate", "rapl", or one of these
    with " + nvml". `hardware`: the device and threads it was trained with; `cost_on`: what it costs on other devices.
    """

    learner: str
    family: str
    status: str = DONE
    message: str = ""
    hurried: bool = False
    score: float | None = None
    low: float | None = None
    high: float | None = None
    measures: dict[str, float] = field(default_factory=dict)
    fit_seconds: float | None = None
    predict_ms_per_row: float | None = None
    peak_mb: float | None = None
    model_mb: float | None = None
    steps: list[tuple[str, float]] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)
    features: list[str] | None = None
    told: int | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    latency_ms: dict[str, dict[str, float]] = field(default_factory=dict)
    energy_wh: float | None = None
    energy_source: str = ""
    hardware: dict[str, Any] = field(default_factory=dict)
    cost_on: dict[str, dict[str, Any]] = field(default_factory=dict)
    folder: Path = field(default_factory=Path)

    @property
    def done(self) -> bool:
        """Whether it was trained and tested."""
        return self.status == DONE

    @cached_property
    def predictions(self) -> predictions.Predictions:
        """What it predicted for the test rows, read when first asked for."""
        return predictions.from_frame(pl.read_parquet(self.folder / TESTED))

    def to_json(self) -> dict[str, Any]:
        """The trial as plain JSON data, without its folder."""
        return {name: value for name, value in asdict(self).items() if name != "folder"}

    @classmethod
    def from_json(cls, data: dict[str, Any], folder: Path) -> Trial:
        """The trial that `to_json` described; `folder` is where its files are."""
        steps = [(name, seconds) for name, seconds in data["steps"]]
        measures = {name: float("nan") if value is None else value for name, value in data["measures"].items()}
        return cls(**{**data, "steps": steps, "measures": measures}, folder=folder)


@dataclass
class Verdict:
    """Which learner to use, and why.

    `learner` is the cheapest of the contenders that are not beaten, `leader` the one that scored best; `tie` says
    that the data cannot tell `learner` from another one. `text` says what to use, how the other family compares, and
    what more rows would change; `notes` what else there is to say. `comparisons` holds one dict for each other
    contender: learner, against (who beats it, else the leader), difference (how much better that one is, in the
    measure's unit, positive), low, high (simultaneous 95 % interval), beaten. `families` sets the best of both
    families side by side: classical, deep (learner names), difference (deep minus classical, positive where deep is
    better), low, high, cost_ratio (seconds of deep over seconds of classical); None where a family has no trial.
    `ahead`: the family whose best surely scored better than the best of the other (None: neither).
    `grown` is a forecast: which learner to use with 8 times the rows (learner, family, rows, times, chance that
    none is better by what matters, experience: on how many other data sets it leans, and weight: how much); None
    where there is none.
    `preliminary`: the study was stopped, or its time was too short for anybody to learn all rows, and this is what
    samples of them say.
    """

    learner: str | None
    family: str | None
    tie: bool
    text: str
    notes: list[str] = field(default_factory=list)
    margin: float = 0.0
    leader: str | None = None
    beats_baseline: bool = True
    comparisons: list[dict[str, Any]] = field(default_factory=list)
    families: dict[str, Any] | None = None
    ahead: str | None = None
    grown: dict[str, Any] | None = None
    preliminary: bool = False

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self.text)}</p>"


@dataclass
class Study:
    """Everything that one comparison found; it lives in `folder` and can be loaded from there years later.

    `trials` are best first, those without a score last; `findings` is what the data check found;
    `importance` holds dicts with column, drop, low, high (loss of score when the column is shuffled);
    `points`, `curves` and `outlook` tell how scores grow with the rows and what more rows would change;
    `model` names the stored winner: name, version, path. `status` is "running", "done" or "interrupted".
    """

    name: str
    folder: Path
    task: str
    problem: Problem
    measure: str
    rows: int
    train_rows: int
    valid_rows: int
    test_rows: int
    seconds: float = 0.0
    seed: int = 0
    status: str = "running"
    created: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    hardware: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    trials: list[Trial] = field(default_factory=list)
    verdict: Verdict = field(default_factory=lambda: Verdict(None, None, False, phrase("There is no result yet.")))
    importance: list[dict[str, Any]] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    outlook: Outlook | None = None
    model: dict[str, Any] | None = None
    command: list[str] = field(default_factory=list)
    own: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)  # how to load own objects; not on disk

    def __str__(self) -> str:
        return phrase(
            "{name} ({task}, {rows:,} rows): {verdict}",
            name=self.name,
            task=self.task,
            rows=self.rows,
            verdict=self.verdict.text,
        )

    @property
    def tied(self) -> list[str]:
        """The contenders that the data cannot tell from the best, the verdict's learner first; empty without a tie."""
        if not self.verdict.tie or self.verdict.learner is None:
            return []
        standing = [each["learner"] for each in self.verdict.comparisons if not each["beaten"]]
        return list(dict.fromkeys([self.verdict.learner, *filter(None, [self.verdict.leader]), *standing]))

    @property
    def crossing(self) -> tuple[float | None, float | None, float | None] | None:
        """Training rows at which the lead passes to the other family: median, low, high of a 90 % interval.

        None where the curves are not expected to cross within 64 times the rows, or there are no curves.
        """
        return self.outlook.crossing if self.outlook else None

    def probability(self, family: str, rows: float) -> float:
        """The probability that the best of this family scores better than the best of the other, from so many rows.

        A FathomError where the study has no curves, or for a size below the study's own or beyond 64 times it.
        """
        if self.outlook is None:
            raise FathomError(phrase("The study has no learning curves of both families, so there is no probability."))
        least, most = self.outlook.rows[0], self.outlook.rows[-1]
        if not least <= rows <= most * (1 + 1e-9):
            raise beyond(rows, least, most)
        if family not in ("classical", "deep"):
            raise FathomError(phrase("There is no family '{name}'.", name=family))
        deep = self.outlook.probability(rows)
        return deep if family == "deep" else round(1 - deep, 12)

    def trial(self, learner: str) -> Trial:
        """The trial of one learner."""
        for trial in self.trials:
            if trial.learner == learner:
                return trial
        raise StoreError(
            phrase("The study has no trial of '{learner}'.", learner=learner),
            where=str(self.folder),
            remedy=phrase("Its contenders are: {names}.", names=", ".join(each.learner for each in self.trials)),
        )

    @cached_property
    def best(self) -> Model:
        """The verdict's model, loaded when first asked for."""
        if self.verdict.learner is None or (self.verdict.preliminary and not self.trial(self.verdict.learner).done):
            raise StoreError(
                phrase("No contender was trained to the end, so there is no model."), where=str(self.folder)
            )
        return self.load_model(self.verdict.learner)

    def load_model(self, learner: str) -> Model:
        """The model that one learner made; a StoreError where its trial did not come to one."""
        stored = Path(self.model["path"]) if self.model else None
        if stored is not None and stored.is_dir() and read_record(stored)["learner"] == learner:
            return Model.load(stored, **self.own.get(learner, {}))
        return Model.load(self.trained(learner).folder / "model", **self.own.get(learner, {}))

    def trained(self, learner: str) -> Trial:
        """The trial of one learner, with a model in its folder; a StoreError where it did not come to one."""
        trial = self.trial(learner)
        if not (trial.folder / "model").is_dir():
            raise StoreError(
                phrase("'{learner}' made no model: {why}.", learner=learner, why=trial.message or trial.status),
                where=str(trial.folder),
                remedy=phrase("Give the study more time, or take the model of another contender."),
            )
        return trial

    def keep(self, learner: str, name: str | None = None, store: Store | None = None) -> dict[str, Any]:
        """Put the model of any contender into the store (None: the study's own): name, version and path.

        It becomes the next version of `name` (None: of the study's model). A StoreError where its trial came to none.
        """
        own = self.folder.parent.parent if self.folder.parent.name == "studies" else None
        kept = name or (self.model["name"] if self.model else self.name.rpartition("-")[0] or self.name)
        return keeping.keep(self, store or Store(own), kept, learner)

    @cached_property
    def test(self) -> Dataset:
        """The test rows with the truth; media are found where they were."""
        inputs = read_dataset(self.folder / "data" / "test")
        truth = read_dataset(self.folder / "data" / "truth")
        new = [name for name in truth.names if name not in inputs.names]
        frame = inputs.frame.hstack(truth.frame.select(new))
        return Dataset(frame, (*inputs.columns, *map(truth.column, new)), inputs.source, inputs.folder)

    def to_json(self) -> dict[str, Any]:
        """The object that `fathom compare --json` prints; its shape is a promise."""
        return {
            "study": self.name,
            "task": self.task,
            "rows": self.rows,
            "test_rows": self.test_rows,
            "measure": self.measure,
            "contenders": [self._contender(trial) for trial in self.trials],
            "verdict": {key: getattr(self.verdict, key) for key in VERDICT_KEYS},
            "curves": [curve.to_json() for curve in self.curves],
            "outlook": self.outlook.to_json() if self.outlook else None,
            "model": self.model,
            "seconds": self.seconds,
        }

    def _contender(self, trial: Trial) -> dict[str, Any]:
        told: dict[str, Any] = {key: getattr(trial, key) for key in CONTENDER_KEYS}
        told["money"] = cost.money(trial, self.settings.get("price_per_hour"))
        plain: dict[str, Any] = finite(told)
        return plain

    def save(self) -> None:
        """Write the study's record into its folder; a reader finds the old one or the new one, never half."""
        write_json(self.folder / FILE, finite(self._record()))

    @classmethod
    def load(cls, folder: Path | str) -> Study:
        """The study that `save` wrote into `folder`."""
        folder = Path(folder)
        try:
            data = restore(json.loads((folder / FILE).read_text("utf-8")))
            newer = data["format"] > FORMAT
            study = None if newer else cls._from_record(data, folder)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise StoreError(
                phrase("This is no study, or its record is damaged."),
                where=str(folder),
                remedy=phrase("`fathom studies` lists the studies; repeat the comparison if its folder is damaged."),
            ) from error
        if study is None:
            raise StoreError(
                phrase("The study was made by a newer fathom ({fathom}).", fathom=data["fathom"]),
                where=str(folder),
                remedy=f"pip install 'fathom-ml>={data['fathom']}'",
            )
        return study

    def _record(self) -> dict[str, Any]:
        from_fields = {name: getattr(self, name) for name in self.__dataclass_fields__ if name not in ("folder", "own")}
        return {
            "format": FORMAT,
            "fathom": __version__,
            **from_fields,
            "problem": self.problem.to_json(),
            "findings": [finding.to_json() for finding in self.findings],
            "trials": [trial.to_json() for trial in self.trials],
            "points": [asdict(point) for point in self.points],
            "curves": [curve.to_json() for curve in self.curves],
            "outlook": self.outlook.to_json() if self.outlook else None,
            "verdict": vars(self.verdict),
        }

    @classmethod
    def _from_record(cls, data: dict[str, Any], folder: Path) -> Study:
        record = {name: value for name, value in data.items() if name in cls.__dataclass_fields__}
        record["problem"] = Problem.from_json(data["problem"])
        record["findings"] = [Finding.from_json(finding) for finding in data["findings"]]
        record["trials"] = [Trial.from_json(trial, folder / "trials" / trial["learner"]) for trial in data["trials"]]
        record["points"] = [Point(**point) for point in data.get("points", ())]
        record["curves"] = [Curve.from_json(curve) for curve in data.get("curves", ())]
        record["outlook"] = Outlook.from_json(data["outlook"]) if data.get("outlook") else None
        record["verdict"] = Verdict(**data["verdict"])
        return cls(folder=folder, **record)

    def _repr_html_(self) -> str:
        return notebook.view(self)
