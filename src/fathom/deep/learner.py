"""Network + head + inputs = a deep learner: what all of them share."""

from __future__ import annotations

import hashlib
import json
from copy import copy
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from fathom.data.dataset import Dataset
from fathom.deep import answering, detecting, device, identifying, tagging, watching, weights
from fathom.deep.heads.boxes import Boxes
from fathom.deep.heads.identity import ArcFace, Embedding
from fathom.deep.heads.label import Label
from fathom.deep.heads.label_set import LabelSet
from fathom.deep.heads.members import Members
from fathom.deep.heads.number import Number
from fathom.deep.heads.quantiles import Quantiles
from fathom.deep.heads.spans import Spans
from fathom.deep.heads.surprise import Surprise
from fathom.deep.inputs import shelf
from fathom.deep.training import Model, Recipe, Rows, Training
from fathom.errors import StoreError, TrainingError
from fathom.folders import write_json
from fathom.learner import Run
from fathom.messages import phrase
from fathom.tasks.gallery import Gallery
from fathom.tasks.label_sets import LabelSets
from fathom.tasks.predictions import Labels, Numbers, Predictions
from fathom.tasks.problem import Problem

Head = ArcFace | Embedding | Label | LabelSet | Number | Quantiles | Spans | Boxes | Surprise

FORMAT = 1
ANSWER_BATCH = 1024  # rows answered at once
WEIGHTS = "weights.safetensors"
DESCRIPTION = "learner.json"


@dataclass
class Parts:
    """What a training is put together from, before it has learned."""

    inputs: Any
    network: nn.Module
    design: dict[str, Any]  # the network's arguments, plain data
    train: tuple[Any, ...]  # tensors, or what gives rows as one does
    valid: tuple[Any, ...]
    recipe: Recipe
    smoothing: float = 0.0
    move: Any = None
    together: Any = None  # moves inputs and truth
    lengths: Tensor | None = None  # of the training rows, where they differ
    truths: tuple[Any, Tensor] | None = None  # what is learned and what is looked at, where it is not one a row


class DeepLearner:
    """Fit, predict, save and load for every deep learner; a subclass says how its network is made.

    A subclass is a flat dataclass of hyperparameters with `prepare` (the parts of a training), `build` (the network
    of a design) and `read_inputs` (the inputs of a description).
    """

    kind: ClassVar[str]  # what the learner's files are marked with

    def prepare(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> Parts:
        """Inputs, network and recipe for this problem."""
        raise NotImplementedError

    @staticmethod
    def build(design: dict[str, Any]) -> nn.Module:
        """The network of a design."""
        raise NotImplementedError

    @staticmethod
    def read_inputs(data: dict[str, Any]) -> Any:
        """The inputs that were described as JSON."""
        raise NotImplementedError

    def head(self, problem: Problem, network: nn.Module, smoothing: float) -> Head:
        """The head that answers this problem from the network's features."""
        if problem.labels:
            return tagging.head(problem, network)
        if problem.boxes:
            return detecting.head(problem, network)
        if problem.persons:
            return identifying.head(network)
        if problem.horizon:
            return Quantiles()
        if problem.conditions:
            return Surprise()
        width, members = int(network.features), int(network.members)  # type: ignore[arg-type]
        return head_over(problem, Members(width, members, outputs_of(problem)), smoothing)

    def parameters(self) -> dict[str, Any]:
        """The hyperparameters as plain JSON data."""
        return asdict(self)  # type: ignore[call-overload, no-any-return]

    def fit(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> None:
        """Learn `problem` from `train`, stop by `valid`, end before `run.deadline`."""
        torch.set_num_threads(max(1, run.threads))
        where = device.best(run.device)
        train, train_truth = with_truth(problem, train)
        valid, valid_truth = with_truth(problem, valid)
        if not len(train):
            raise TrainingError(phrase("No training row has a value of '{target}'.", target=problem.target))
        with device.quiet_randomness(run.seed, where), shelf.lent(run.folder):
            with run.step("inputs to tensors"):
                train, valid = (identifying.ready(problem, rows) for rows in (train, valid))
                parts = self.prepare(problem, train, valid, run)
            run.answering("inputs", run.steps[-1][1] / (len(train) + len(valid)))
            train_truth, valid_truth = parts.truths or (train_truth, valid_truth)
            head = self.head(problem, parts.network, parts.smoothing)
            if isinstance(head, Embedding):
                head = identifying.teacher(head, problem)
            head.start_from(train_truth)
            model = Model(parts.network, head)
            rows, looked = Rows(parts.train, train_truth, parts.lengths), Rows(parts.valid, valid_truth)
            key = key_of(problem, rows, parts, run)
            with run.step("training"):
                training = Training(model, parts.recipe, rows, looked, run, key, parts.move, parts.together)
                self.progress_ = training.learn()
            shelf.close((*rows.inputs, *looked.inputs))
        self.problem_, self.inputs_, self.design_ = problem, parts.inputs, parts.design
        self.model_, self.smoothing_ = model.eval(), parts.smoothing
        if isinstance(head, ArcFace):
            self.model_ = Model(parts.network, head.embedding).eval()
            self.gallery_ = identifying.gallery(self.model_, parts.inputs, problem, train)
        if problem.labels:
            self.inputs_ = tagging.settled(parts.inputs, self.model_, problem, valid, run)

    def predict(self, dataset: Dataset) -> Predictions:
        """Predictions for the rows of `dataset`: probabilities of the ensemble's members averaged, or their mean."""
        if self.problem_.labels:
            return tagging.entities(self.inputs_, self.model_, self.inputs_.texts(dataset), self.inputs_.bar)
        if self.problem_.boxes:
            return detecting.boxes(self.inputs_, self.model_, self.problem_.boxes, dataset)
        if self.problem_.persons:
            return identifying.identities(self.gallery_, self.embed(dataset), self.problem_.far)
        if self.problem_.horizon:
            return answering.forecasts(self.inputs_, self.model_, dataset)
        head = self.model_.head
        answers = []
        with torch.inference_mode():
            tensors = self.inputs_.tensors(dataset)
            at_once = shelf.portion(tensors, ANSWER_BATCH)
            where = next(self.model_.parameters()).device
            for start in range(0, len(dataset), at_once):
                part = [each[start : start + at_once].to(where) for each in tensors]
                answers.append(head.answer(self.model_(*part)).cpu().numpy())
        if self.problem_.conditions:
            surprises = np.concatenate(answers) if answers else np.zeros((0, 0))
            return watching.scores(self.inputs_, self.problem_, surprises, len(dataset))
        classes = self.problem_.classes or self.problem_.sets
        found = np.concatenate(answers) if answers else np.zeros((0, len(classes)) if classes else 0)
        if self.problem_.sets:
            return LabelSets.of(classes, found)
        return Labels(classes, found) if classes else Numbers(found)

    def embed(self, dataset: Dataset) -> npt.NDArray[np.float64]:
        """Where persons are recognised: the vector of each row, float64 [rows, size] of length one."""
        dataset = identifying.ready(self.problem_, dataset)
        return identifying.vectors(self.model_, self.inputs_, dataset)

    def knowing(self, gallery: Gallery) -> Self:
        """Where persons are recognised: the learner with these persons."""
        other = copy(self)
        other.gallery_ = gallery
        other.problem_ = replace(self.problem_, persons=gallery.persons)
        return other

    def features(self) -> list[str] | None:
        """None: it found its features itself."""
        return None

    def save(self, folder: Path) -> None:
        """Write weights.safetensors and learner.json into `folder`."""
        weights.write(folder / WEIGHTS, self.model_.state_dict())
        if self.problem_.persons:
            identifying.write(folder, self.gallery_)
        description = {
            "format": FORMAT,
            "kind": self.kind,
            "parameters": self.parameters(),
            "problem": self.problem_.to_json(),
            "inputs": self.inputs_.to_json(),
            "design": self.design_,
            "smoothing": self.smoothing_,
        }
        write_json(folder / DESCRIPTION, description)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The learner that `save` wrote; a StoreError where the files are damaged or of another learner."""
        data, tensors = described(cls.kind, folder)
        learner = cls.restored(data, folder)
        try:
            with torch.device("meta"):  # nothing is allocated before the shapes are known to be right
                network = cls.build(learner.design_)
                model = Model(network, learner.head(learner.problem_, network, learner.smoothing_))
        except (KeyError, TypeError, ValueError, AttributeError, RuntimeError, IndexError) as error:
            raise misfit(folder, error) from error
        learner.finish(model, tensors, folder)
        if learner.problem_.persons:
            learner.gallery_ = identifying.read(folder, learner.problem_)
        return learner

    @classmethod
    def restored(cls, data: dict[str, Any], folder: Path) -> Self:
        """The learner of a description, still without its model."""
        try:
            known = {each.name for each in fields(cls)}  # type: ignore[arg-type]
            learner = cls(**{name: value for name, value in data["parameters"].items() if name in known})
            learner.problem_ = Problem.from_json(data["problem"])
            learner.inputs_ = cls.read_inputs(data["inputs"])
            learner.design_, learner.smoothing_ = weights.bounded(data["design"]), float(data["smoothing"])
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise misfit(folder, error) from error
        return learner

    def finish(self, model: Model, tensors: dict[str, Tensor], folder: Path) -> None:
        """Take the model with these weights."""
        weights.fill(model, tensors, str(folder))
        self.model_ = model.eval()


def described(kind: str, folder: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """The description and the weights in a folder; a StoreError unless they are of this kind and format."""
    data = weights.read_json(folder / DESCRIPTION)
    if data.get("format") != FORMAT or data.get("kind") != kind:
        made = phrase("format {format} of {kind}", format=repr(data.get("format")), kind=repr(data.get("kind")))
        raise misfit(folder, ValueError(made))
    tensors, _ = weights.read(folder / WEIGHTS)
    return data, tensors


def misfit(folder: Path, error: Exception) -> StoreError:
    """What to say of a description that no learner of this kind wrote."""
    return StoreError(
        phrase("The description does not fit this learner."), where=f"{folder} ({error})", remedy=weights.REMEDY
    )


def outputs_of(problem: Problem) -> int:
    """How many figures answer a row: one for each label, or one."""
    return len(problem.classes or problem.sets) or 1


def head_over(problem: Problem, outputs: nn.Module, smoothing: float) -> Head:
    """The head for the problem's kind of output, over the layer that makes its outputs."""
    if problem.sets:
        return LabelSet(outputs, smoothing)
    return Label(outputs, smoothing) if problem.classes else Number(outputs)


def key_of(problem: Problem, rows: Rows, parts: Parts, run: Run) -> str:
    """What a checkpoint must agree in to be resumed: problem, rows, network, recipe and seed; SHA-256 (hex)."""
    said = {
        "problem": problem.to_json(),
        "design": parts.design,
        "network": str(parts.network),
        "recipe": asdict(parts.recipe),
        "inputs": parts.inputs.to_json(),
        "seed": run.seed,
    }
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode())
    for each in (*rows.inputs, rows.truth):
        digest.update(shelf.bytes_of(each))
    return digest.hexdigest()


def with_truth(problem: Problem, dataset: Dataset) -> tuple[Dataset, Tensor]:
    """The rows whose target is known, and it: int64 class positions or float64 numbers, where it is one a row.

    Where anomalies are sought, all rows and nothing: no learner is told which they are.
    """
    if problem.conditions:
        return dataset, torch.zeros(len(dataset))
    truth = problem.truth(dataset)
    known = problem.known(truth)
    rows = dataset.take(np.flatnonzero(known))
    if problem.labels or problem.boxes or problem.horizon:  # what is learned of these follows from their inputs
        return rows, torch.empty(0)
    return rows, torch.from_numpy(truth[known])
