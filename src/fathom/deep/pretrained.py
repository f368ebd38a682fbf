"""Starts from a network for texts, pictures or series that was trained elsewhere or here before."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, AutoTokenizer, PreTrainedTokenizerFast

from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.deep import bodies, bodies_boxes, device, identifying, pretrained_boxes, pretrained_series, weights
from fathom.deep.augment import mirrors, movement
from fathom.deep.bodies import BODY, UNUSABLE, empty
from fathom.deep.heads.identity import ArcFace, Embedding
from fathom.deep.hub import located
from fathom.deep.inputs.image import TRAIN, VALID, ImageInputs, shelf
from fathom.deep.inputs.letterbox import LetterboxInputs
from fathom.deep.inputs.series import SeriesInputs
from fathom.deep.inputs.shelf import bytes_of, close, lent
from fathom.deep.inputs.subwords import SubwordInputs
from fathom.deep.inputs.table import quantile_edges
from fathom.deep.learner import DeepLearner, described, misfit, with_truth
from fathom.deep.lesson import MODES, Lesson
from fathom.deep.networks.backbone import BackboneNetwork, Starting
from fathom.deep.networks.pictures import PictureNetwork
from fathom.deep.networks.text import INTERVALS
from fathom.deep.training import Model, Rows
from fathom.deep.transfer import TRANSFER, Step, told, transfer
from fathom.deep.tuning import tune
from fathom.errors import StoreError, TrainingError
from fathom.folders import write_json
from fathom.learner import Run
from fathom.messages import phrase
from fathom.tasks.problem import Problem

EPOCHS = {Kind.TEXT: (3, 10, 30_000), Kind.IMAGE: (3, 30, 3_000)}  # fewest, most, and rows seen in all between them
RATES = {Kind.TEXT: 5e-5, Kind.IMAGE: 1e-4}
ENCODERS_ONLY = "is_encoder_decoder"


@dataclass
class Pretrained(DeepLearner):
    """A trained network that goes on learning with a new head.

    `backbone`: the folder of a trained network, its name on the hub, or the folder of a model that was learned here.
    `mode`: "head" (features are computed once and stay), "last" (the last layers learn too), "lora" (low-rank matrices
    beside the attention), "all", or "auto": what there is time for, where it answers the validation rows better than
    what came before. `rate` and `epochs` None: by what goes in, and by the rows.
    Of forecasters the head corrects what they say of each step, and `epochs` 0 leaves them as they were published.
    Lower layers learn more slowly (Howard & Ruder 2018); the head learns before the body does (Kumar et al. 2022).

    >>> Pretrained("bert-base-uncased").mode
    'auto'
    """

    backbone: str = ""
    mode: str = "auto"
    rate: float | None = None
    weight_decay: float = 1e-2
    batch: int = 32
    epochs: int | None = None
    smoothing: float = 0.0
    dropout: float = 0.1
    longest: int = 256  # pieces of a row
    mirror: bool | None = None  # of pictures; None: colour pictures only, and never digits or letters

    kind = "pretrained"

    def fit(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> None:
        """Learn `problem` from `train`, choose by `valid`, end before `run.deadline`."""
        if self.mode not in MODES:
            raise TrainingError(
                phrase("There is no mode '{mode}'.", mode=self.mode),
                remedy=phrase("The modes are: {names}.", names=", ".join(MODES)),
            )
        torch.set_num_threads(max(1, run.threads))
        train, train_truth = with_truth(problem, train)
        valid, valid_truth = with_truth(problem, valid)
        if not len(train):
            raise TrainingError(phrase("No training row has a value of '{target}'.", target=problem.target))
        sees = bool(problem.inputs_of(Kind.IMAGE))
        where = device.best(run.device)
        if problem.boxes or problem.horizon:
            fitting = pretrained_boxes.fit if problem.boxes else pretrained_series.fit
            with device.quiet_randomness(run.seed, where), lent(run.folder):
                steps = fitting(self, problem, train, valid, run, located(self.backbone))
            self._stands(steps, run)
            return
        with device.quiet_randomness(run.seed, where), lent(run.folder):
            with run.step("inputs to tensors"):
                train, valid = (identifying.ready(problem, each) for each in (train, valid))
                folder = located(self.backbone)
                network, inputs, design = (self._pictures if sees else self._texts)(folder, problem, train)
                if sees:
                    seen = (inputs.tensors(part, shelf(run, name)) for part, name in ((train, TRAIN), (valid, VALID)))
                else:
                    seen = (inputs.tensors(part) for part in (train, valid))
                begun = time.monotonic()
                rows, looked = (Rows(*each) for each in zip(seen, (train_truth, valid_truth), strict=True))
                run.answering("inputs", (time.monotonic() - begun) / (len(train) + len(valid)))
                if isinstance(network, BackboneNetwork) and network.beside and network.beside.embed is not None:
                    network.beside.embed.set_edges(quantile_edges(rows.inputs[1], INTERVALS))
                head = self.head(problem, network, self.smoothing)
                if isinstance(head, Embedding):
                    head = identifying.teacher(head, problem)
                head.start_from(train_truth)
            lesson = self._lesson(network, head, rows, looked, run, folder)
            if sees:
                epochs = lesson.epochs
                steps = transfer(lesson, self.mode, movement(epochs, self._mirrored(problem, inputs)))
                self._stands(steps, run)
                close((*rows.inputs, *looked.inputs))
            else:
                self.mode_ = tune(lesson, self.mode)
        self.problem_, self.inputs_, self.design_, self.smoothing_ = problem, inputs, design, self.smoothing
        if isinstance(head, ArcFace):
            head = head.embedding
        self.model_ = Model(network, head).requires_grad_(True).eval()
        if problem.persons:
            self.gallery_ = identifying.gallery(self.model_, inputs, problem, train)

    def _stands(self, steps: list[Step], run: Run) -> None:
        """What the last step that was kept made of the network is what stands; all are told."""
        self.mode_ = next(each.name for each in reversed(steps) if each.kept)
        run.told[TRANSFER] = told(steps)

    def _texts(self, folder: str, problem: Problem, train: Dataset) -> tuple[Starting, Any, dict[str, Any]]:
        body, inputs = start(folder, problem, train, self.longest)
        beside = {"numbers": inputs.beside.width, "counts": inputs.beside.counts}
        design: dict[str, Any] = {"padding": inputs.padding, "dropout": self.dropout, **beside}
        return BackboneNetwork(body, **design), inputs, design

    def _pictures(self, folder: str, problem: Problem, train: Dataset) -> tuple[Starting, Any, dict[str, Any]]:
        body, inputs, self.body_ = bodies.opened(folder, problem, train)
        network = PictureNetwork(body, self.dropout)
        return network, inputs, {"dropout": self.dropout, "width": network.width}

    def _lesson(self, network: Starting, head: Any, rows: Rows, looked: Rows, run: Run, folder: str) -> Lesson:
        kind = Kind.IMAGE if isinstance(network, PictureNetwork) else Kind.TEXT
        fewest, most, seen = EPOCHS[kind]
        epochs = self.epochs or max(fewest, min(most, seen // len(rows)))
        rate = RATES[kind] if self.rate is None else self.rate
        key = f"{key_of(folder, rows)}{run.seed}{self.parameters()}"
        return Lesson(network, head, rows, looked, run, rate, self.batch, epochs, self.weight_decay, key)

    def _mirrored(self, problem: Problem, inputs: ImageInputs) -> bool:
        if self.mirror is not None:
            return self.mirror
        return bool(problem.persons) or mirrors(problem.classes or problem.sets, inputs.channels)

    def parameters(self) -> dict[str, Any]:
        """The hyperparameters as plain JSON data; of the trained network its last name, not its place."""
        return {**super().parameters(), "backbone": Path(self.backbone).name}

    def save(self, folder: Path) -> None:
        """Write weights.safetensors, learner.json and the trained network's description into `folder`."""
        super().save(folder)
        if self.problem_.boxes or self.problem_.horizon or isinstance(self.model_.network, PictureNetwork):
            write_json(folder / BODY, self.body_)
            return
        config = self.model_.network.body.config  # type: ignore[union-attr]
        write_json(folder / BODY, config.to_diff_dict())  # type: ignore[union-attr, operator]

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The learner that `save` wrote; a StoreError where the files are damaged or of another learner."""
        data, tensors = described(cls.kind, folder)
        learner = cls.restored(data, folder)
        try:
            network: Starting
            if learner.problem_.horizon:
                learner.body_ = weights.read_json(folder / BODY)
                learner.finish(pretrained_series.revived(learner.body_, learner.design_), tensors, folder)
                return learner
            if learner.problem_.boxes:
                learner.body_ = weights.read_json(folder / BODY)
                model = bodies_boxes.revived(learner.body_, learner.design_, learner.problem_)
                learner.finish(model, tensors, folder)
                return learner
            if isinstance(learner.inputs_, ImageInputs):
                learner.body_ = weights.read_json(folder / BODY)
                body = bodies.revived(folder, learner.design_)
                network = PictureNetwork(body, learner.design_["dropout"])
            else:
                network = BackboneNetwork(empty(weights.read_json(folder / BODY)), **learner.design_)
            model = Model(network, learner.head(learner.problem_, network, learner.smoothing_))
        except StoreError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError, RuntimeError, IndexError, ImportError) as error:
            raise misfit(folder, error) from error
        learner.finish(model, tensors, folder)
        if learner.problem_.persons:
            learner.gallery_ = identifying.read(folder, learner.problem_)
        return learner

    def finish(self, model: Model, tensors: dict[str, Tensor], folder: Path) -> None:
        """Take the model with these weights, laid out in memory as they were in training."""
        super().finish(model, tensors, folder)
        if isinstance(model.network, PictureNetwork):
            bodies.laid_out(model.network.body)
        if self.problem_.boxes:
            bodies.laid_out(model)

    def export(self, folder: Path) -> None:
        """Write the body as it has learned, and its tokenizer, in the format of the transformers library.

        config.json, model.safetensors and tokenizer.json, or preprocessor_config.json for pictures, which `AutoModel`
        and `AutoTokenizer` load from `folder`, and `--from` too; neither the head nor the columns beside the text are
        in them, nor what corrects a forecaster. An OSError where `folder` cannot be written, a TrainingError for a
        network that the library lacks.
        """
        if self.problem_.boxes:
            pretrained_boxes.export(self.model_, folder)
            return
        body: Any = self.model_.network.body
        if isinstance(self.model_.network, PictureNetwork):
            bodies.export(body, self.inputs_, folder)
            return
        folder.mkdir(parents=True, exist_ok=True)
        body.save_pretrained(folder)
        if self.problem_.horizon:
            return
        tokenizer = Tokenizer.from_str(self.inputs_.tokenizer.to_str())
        tokenizer.no_truncation()
        special = {each.content for each in tokenizer.get_added_tokens_decoder().values() if each.special}
        roles = {"pad_token": tokenizer.id_to_token(self.inputs_.padding), "sep_token": self.inputs_.separator}
        known = {role: piece for role, piece in roles.items() if piece in special}  # others would be split off texts
        wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, **known)  # type: ignore[no-untyped-call]
        wrapped.save_pretrained(folder)

    @staticmethod
    def read_inputs(data: dict[str, Any]) -> SubwordInputs | ImageInputs | LetterboxInputs | SeriesInputs:
        """The inputs that were described as JSON."""
        if "horizon" in data:
            return SeriesInputs.from_json(data)
        if "letterbox" in data:
            return LetterboxInputs.from_json(data)
        return SubwordInputs.from_json(data) if "tokenizer" in data else ImageInputs.from_json(data)


def start(folder: str, problem: Problem, train: Dataset, longest: int) -> tuple[nn.Module, SubwordInputs]:
    """The trained body in a folder, and its tokenizer fitted to the rows; nothing is fetched and no code of it run."""
    kept: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    try:
        config = AutoConfig.from_pretrained(folder, **kept)
        if getattr(config, ENCODERS_ONLY, False):
            raise ValueError(phrase("it has an encoder and a decoder; an encoder alone is needed"))
        body = AutoModel.from_pretrained(folder, use_safetensors=True, dtype=torch.float32, **kept)
        wrapped = AutoTokenizer.from_pretrained(folder, **kept)
        tokenizer = Tokenizer.from_str(wrapped.backend_tokenizer.to_str())
        padding = wrapped.pad_token_id if wrapped.pad_token_id is not None else 0
    except UNUSABLE as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise TrainingError(
            phrase("The trained network cannot be used: {error}", error=first),
            where=folder,
            remedy=phrase("Name another one; encoders like BERT, RoBERTa, ELECTRA or DeBERTa fit."),
        ) from error
    places = getattr(config, "max_position_embeddings", None) or longest
    room = min(longest, places - padding - 1) if places > padding + 2 else longest
    inputs = SubwordInputs.fit(problem, train, tokenizer, padding, wrapped.sep_token or " ", max(1, room))
    return body, inputs


def key_of(folder: str, rows: Rows) -> str:
    """What a checkpoint must agree in to be resumed: the trained network and the rows; SHA-256 (hex)."""
    digest = hashlib.sha256()
    for path in sorted(Path(folder).glob("*.safetensors")):
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    for each in (*rows.inputs, rows.truth):
        digest.update(bytes_of(each))
    return digest.hexdigest()
