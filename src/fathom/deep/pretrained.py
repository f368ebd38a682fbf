"""Starts from a trained network: any encoder of the transformers library, by its folder or its name on the hub."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import torch
import transformers
from safetensors import SafetensorError
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoConfig, AutoModel, AutoTokenizer, PreTrainedTokenizerFast

from fathom.data.dataset import Dataset
from fathom.deep import device, weights
from fathom.deep.hub import located
from fathom.deep.inputs.subwords import SubwordInputs
from fathom.deep.inputs.table import quantile_edges
from fathom.deep.learner import DeepLearner, described, misfit, with_truth
from fathom.deep.networks.backbone import BackboneNetwork
from fathom.deep.networks.text import INTERVALS
from fathom.deep.training import Model, Rows
from fathom.deep.tuning import MODES, Lesson, tune
from fathom.errors import StoreError, TrainingError
from fathom.folders import write_json
from fathom.learner import Run
from fathom.messages import phrase
from fathom.tasks.problem import Problem

BODY = "backbone.json"  # the trained network's own description
MOST_EPOCHS, FEWEST_EPOCHS, ROWS_SEEN = 10, 3, 30_000
ENCODERS_ONLY = "is_encoder_decoder"
UNUSABLE = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    RuntimeError,
    ImportError,
    SafetensorError,
)

transformers.utils.logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # a trial's log is no place for its advice
transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]


@dataclass
class Pretrained(DeepLearner):
    """A trained encoder that goes on learning with a new head.

    `backbone`: the folder of a trained network, or its name on the hub. `mode`: "head" (states are computed once and
    stay), "last" (the last layers learn too), "lora" (low-rank matrices beside the attention), "all", or "auto": what
    there is time for, where it answers the validation rows better than the head alone. `epochs` None: by the rows.
    Lower layers learn more slowly (Howard & Ruder 2018); the head learns before the body does (Kumar et al. 2022).

    >>> Pretrained("bert-base-uncased").mode
    'auto'
    """

    backbone: str = ""
    mode: str = "auto"
    rate: float = 5e-5
    weight_decay: float = 1e-2
    batch: int = 32
    epochs: int | None = None
    smoothing: float = 0.0
    dropout: float = 0.1
    longest: int = 256  # pieces of a row

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
        where = device.best(run.device)
        with device.quiet_randomness(run.seed, where):
            with run.step("inputs to tensors"):
                folder = located(self.backbone)
                body, inputs = start(folder, problem, train, self.longest)
                rows = Rows(inputs.tensors(train), train_truth)
                looked = Rows(inputs.tensors(valid), valid_truth)
                beside = {"numbers": inputs.beside.width, "counts": inputs.beside.counts}
                design: dict[str, Any] = {"padding": inputs.padding, "dropout": self.dropout, **beside}
                network = BackboneNetwork(body, **design)
                if network.beside is not None and network.beside.embed is not None:
                    network.beside.embed.set_edges(quantile_edges(rows.inputs[1], INTERVALS))
                head = self.head(problem, network, self.smoothing)
                head.start_from(train_truth)
            key = f"{key_of(folder, rows)}{run.seed}{self.parameters()}"
            lesson = Lesson(
                network,
                head,
                rows,
                looked,
                run,
                self.rate,
                self.batch,
                self._epochs(len(train)),
                self.weight_decay,
                key,
            )
            self.mode_ = tune(lesson, self.mode)
        self.problem_, self.inputs_, self.design_, self.smoothing_ = problem, inputs, design, self.smoothing
        self.model_ = Model(network, head).requires_grad_(True).eval()

    def _epochs(self, rows: int) -> int:
        return self.epochs or max(FEWEST_EPOCHS, min(MOST_EPOCHS, ROWS_SEEN // rows))

    def parameters(self) -> dict[str, Any]:
        """The hyperparameters as plain JSON data; of the trained network its last name, not its place."""
        return {**super().parameters(), "backbone": Path(self.backbone).name}

    def save(self, folder: Path) -> None:
        """Write weights.safetensors, learner.json and the trained network's description into `folder`."""
        super().save(folder)
        config = self.model_.network.body.config  # type: ignore[union-attr]
        write_json(folder / BODY, config.to_diff_dict())  # type: ignore[union-attr, operator]

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The learner that `save` wrote; a StoreError where the files are damaged or of another learner."""
        data, tensors = described(cls.kind, folder)
        learner = cls.restored(data, folder)
        try:
            body = empty(weights.read_json(folder / BODY))
            network = BackboneNetwork(body, **learner.design_)
            model = Model(network, learner.head(learner.problem_, network, learner.smoothing_))
        except StoreError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError, RuntimeError, IndexError, ImportError) as error:
            raise misfit(folder, error) from error
        learner.finish(model, tensors, folder)
        return learner

    def export(self, folder: Path) -> None:
        """Write the body as it has learned, and its tokenizer, in the format of the transformers library.

        config.json, model.safetensors and tokenizer.json, which `AutoModel` and `AutoTokenizer` load from `folder`, and
        `--from` too; neither the head nor the columns beside the text are in them. An OSError where `folder` cannot be
        written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        body: Any = self.model_.network.body
        body.save_pretrained(folder)
        tokenizer = Tokenizer.from_str(self.inputs_.tokenizer.to_str())
        tokenizer.no_truncation()
        special = {each.content for each in tokenizer.get_added_tokens_decoder().values() if each.special}
        roles = {"pad_token": tokenizer.id_to_token(self.inputs_.padding), "sep_token": self.inputs_.separator}
        known = {role: piece for role, piece in roles.items() if piece in special}  # others would be split off texts
        wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, **known)  # type: ignore[no-untyped-call]
        wrapped.save_pretrained(folder)

    @staticmethod
    def read_inputs(data: dict[str, Any]) -> SubwordInputs:
        """The inputs that were described as JSON."""
        return SubwordInputs.from_json(data)


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


def empty(description: dict[str, Any]) -> nn.Module:
    """A body of this description, its weights still to come; a ValueError for one of an absurd size."""
    for name, value in description.items():
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            weights.whole(value, weights.MOST_LAYERS if "layers" in name else weights.LARGEST_SIZE)
    config = AutoConfig.for_model(**{name: value for name, value in description.items() if name != "auto_map"})
    body: nn.Module = AutoModel.from_config(config)  # type: ignore[no-untyped-call]
    return body


def key_of(folder: str, rows: Rows) -> str:
    """What a checkpoint must agree in to be resumed: the trained network and the rows; SHA-256 (hex)."""
    digest = hashlib.sha256()
    for path in sorted(Path(folder).glob("*.safetensors")):
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    for each in (*rows.inputs, rows.truth):
        digest.update(each.contiguous().numpy().data)
    return digest.hexdigest()
