"""The cheat sheet: every task and every learner, one row each. Plain data; imports nothing heavy."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, NoReturn, TypeVar

from fathom.errors import FathomError, MissingExtra
from fathom.messages import listed, phrase

Family = Literal["classical", "deep"]
Reads = Literal["table", "image", "text", "series", "events"]  # what goes in
Output = Literal[  # what comes out
    "label", "labels", "number", "spans", "boxes", "identity", "forecast", "scores"
]
Grade = Literal["none", "modest", "good", "high"]
Pace = Literal["moments", "seconds", "minutes"]
Amount = Literal["few", "many", "any"]


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task by name: where its code is, what goes in and comes out, a sample to try it on and its target."""

    name: str
    path: str
    summary: str
    reads: Reads
    output: Output
    sample: str
    target: str


@dataclass(frozen=True, slots=True)
class LearnerRow:
    """A learner by name: where its code is, which problems it can learn, when to prefer it."""

    name: str
    path: str
    family: Family
    summary: str
    reads: tuple[Reads, ...]
    outputs: tuple[Output, ...]
    prefer: str
    network: str = ""  # the kind of network: feed-forward, recurrent, convolutional, adversarial, transformer
    extra: str = ""  # what must be installed beside the base: "deep" means pip install 'fathom-ml[deep]'
    takes: tuple[str, ...] = ()  # what a study may be asked for that it is told: "pretrain", "backbone", "gazetteers"
    contender: bool = True  # whether a study tries it without being told to
    accuracy: Grade = "good"  # what is usual where it fits
    training: Pace = "seconds"  # for some thousand rows on one core
    linear: bool = False  # whether it can only add effects up
    parameters: int = 0  # how many settings it has
    features: Amount = "any"  # how many it copes with


TASKS = (
    TaskRow(
        "tabular-classification",
        "fathom.tasks.tabular_classification:TASK",
        phrase("which label a row of a table has"),
        "table",
        "label",
        "sample:customers",
        "plan",
    ),
    TaskRow(
        "tabular-regression",
        "fathom.tasks.tabular_regression:TASK",
        phrase("which number a row of a table has"),
        "table",
        "number",
        "sample:diabetes",
        "progression",
    ),
    TaskRow(
        "image-classification",
        "fathom.tasks.image_classification:TASK",
        phrase("which label a picture has"),
        "image",
        "label",
        "sample:digits",
        "digit",
    ),
    TaskRow(
        "multi-label-image-classification",
        "fathom.tasks.multi_label_image_classification:TASK",
        phrase("which labels a picture has, none, one or several"),
        "image",
        "labels",
        "sample:scenes",
        "things",
    ),
    TaskRow(
        "text-classification",
        "fathom.tasks.text_classification:TASK",
        phrase("which label a text has"),
        "text",
        "label",
        "sample:reviews",
        "sentiment",
    ),
    TaskRow(
        "multi-label-text-classification",
        "fathom.tasks.multi_label_text_classification:TASK",
        phrase("which labels a text has, none, one or several"),
        "text",
        "labels",
        "sample:tickets",
        "topics",
    ),
    TaskRow(
        "named-entity-recognition",
        "fathom.tasks.named_entity_recognition:TASK",
        phrase("which stretches of a text name something, and what"),
        "text",
        "spans",
        "sample:addresses",
        "entities",
    ),
    TaskRow(
        "object-detection",
        "fathom.tasks.object_detection:TASK",
        phrase("where in a picture things are, and what they are"),
        "image",
        "boxes",
        "sample:shapes",
        "boxes",
    ),
    TaskRow(
        "face-recognition",
        "fathom.tasks.face_recognition:TASK",
        phrase("who is on a picture, or nobody known; whether two are the same person"),
        "image",
        "identity",
        "sample:faces",
        "person",
    ),
    TaskRow(
        "fraud-detection",
        "fathom.tasks.fraud_detection:TASK",
        phrase("which few rows are fraud, told by what each card, device or shop did before"),
        "events",
        "label",
        "sample:payments",
        "fraud",
    ),
    TaskRow(
        "forecasting",
        "fathom.tasks.forecasting:TASK",
        phrase("what comes next in series, some steps ahead"),
        "series",
        "forecast",
        "sample:sales",
        "demand",
    ),
    TaskRow(
        "anomaly-detection",
        "fathom.tasks.anomaly_detection:TASK",
        phrase("which rows of a table are not like the others, and which columns make them so"),
        "table",
        "scores",
        "sample:sensors",
        "state",
    ),
)

LEARNERS = (  # a study tries them in this order: where time is short, those that tell most for it come first
    LearnerRow(
        "baseline",
        "fathom.classical.baseline:Baseline",
        "classical",
        phrase("the most frequent label, the median, names or boxes as training had them, the last season over again"),
        ("table", "image", "text", "series", "events"),
        ("label", "labels", "number", "spans", "boxes", "identity", "forecast", "scores"),
        phrase("never; what cannot beat it has learned nothing"),
        accuracy="none",
        training="moments",
        parameters=0,
        features="any",
    ),
    LearnerRow(
        "logistic-regression",
        "fathom.classical.linear:LogisticRegression",
        "classical",
        phrase("a weighted sum of features for each label"),
        ("table", "image", "text", "events"),
        ("label",),
        phrase("few rows, many features, a need to explain; fastest to train and to run"),
        accuracy="modest",
        training="moments",
        linear=True,
        parameters=2,
        features="many",
    ),
    LearnerRow(
        "naive-bayes",
        "fathom.classical.naive_bayes:NaiveBayes",
        "classical",
        phrase("counts how much likelier words are under each label"),
        ("text",),
        ("label",),
        phrase("few texts, or very many in no time; trained by counting"),
        accuracy="modest",
        training="moments",
        linear=True,
        parameters=1,
        features="many",
    ),
    LearnerRow(
        "ridge",
        "fathom.classical.linear:Ridge",
        "classical",
        phrase("a weighted sum of features, with small weights"),
        ("table", "series"),
        ("number", "forecast"),
        phrase("few rows, effects that add up, a need to explain; fastest to train and to run"),
        accuracy="modest",
        training="moments",
        linear=True,
        parameters=1,
        features="many",
    ),
    LearnerRow(
        "gradient-boosting",
        "fathom.classical.boosting:GradientBoosting",
        "classical",
        phrase("trees that each correct those before (LightGBM)"),
        ("table", "image", "text", "series", "events"),
        ("label", "number", "forecast"),
        phrase("tables of any size with mixed columns; most often the best on them"),
        accuracy="high",
        training="seconds",
        parameters=8,
        features="any",
    ),
    LearnerRow(
        "nearest-neighbours",
        "fathom.classical.neighbours:NearestNeighbours",
        "classical",
        phrase("asks the most similar training rows"),
        ("table", "image"),
        ("label", "number"),
        phrase("few, clean features; no training, slow prediction"),
        accuracy="modest",
        training="moments",
        parameters=3,
        features="few",
    ),
    LearnerRow(
        "random-forest",
        "fathom.classical.trees:RandomForest",
        "classical",
        phrase("many trees on random samples, averaged"),
        ("table", "image", "events"),
        ("label", "number"),
        phrase("a robust answer without tuning"),
        accuracy="good",
        training="seconds",
        parameters=3,
        features="any",
    ),
    LearnerRow(
        "extra-trees",
        "fathom.classical.trees:ExtraTrees",
        "classical",
        phrase("many trees with random splits, averaged"),
        ("table", "image"),
        ("label", "number"),
        phrase("noisy features; trains faster than a random forest"),
        contender=False,
        accuracy="good",
        training="seconds",
        parameters=3,
        features="any",
    ),
    LearnerRow(
        "support-vectors",
        "fathom.classical.support_vectors:SupportVectors",
        "classical",
        phrase("a smooth border held by the hardest rows"),
        ("table", "image", "text"),
        ("label", "number"),
        phrase("up to some ten thousand rows, smooth borders"),
        accuracy="good",
        training="seconds",
        parameters=4,
        features="many",
    ),
    LearnerRow(
        "crf",
        "fathom.classical.crf:CRF",
        "classical",
        phrase("tags words by how they are written and what stands beside them, a sentence as a whole"),
        ("text",),
        ("spans",),
        phrase("names, dates and codes in texts; from some hundred texts, without a GPU"),
        takes=("gazetteers",),
        accuracy="good",
        training="minutes",
        linear=True,
        parameters=6,
        features="many",
    ),
    LearnerRow(
        "eigenfaces",
        "fathom.classical.faces:Eigenfaces",
        "classical",
        phrase("compares faces along the axes they vary along most"),
        ("image",),
        ("identity",),
        phrase("cropped faces from the front in even light; few pictures a person, no time at all"),
        accuracy="modest",
        training="moments",
        linear=True,
        parameters=5,
        features="many",
    ),
    LearnerRow(
        "fisherfaces",
        "fathom.classical.faces:Fisherfaces",
        "classical",
        phrase("compares faces along the axes that tell persons apart"),
        ("image",),
        ("identity",),
        phrase("cropped faces in changing light, several pictures a person"),
        accuracy="good",
        training="moments",
        linear=True,
        parameters=4,
        features="many",
    ),
    LearnerRow(
        "sliding-window",
        "fathom.classical.sliding_window:SlidingWindow",
        "classical",
        phrase("looks at every window of a picture, at many sizes, for edges and colours of what it seeks"),
        ("image",),
        ("boxes",),
        phrase("things of one form in pictures: cells, signs, parts; from some dozen pictures, without a GPU"),
        accuracy="modest",
        training="minutes",
        linear=True,
        parameters=2,
        features="many",
    ),
    LearnerRow(
        "local-binary-patterns",
        "fathom.classical.face_patterns:LocalBinaryPatterns",
        "classical",
        phrase("compares which patterns of light and dark stand where in a face"),
        ("image",),
        ("identity",),
        phrase("faces in changing light, few pictures a person; pictures of some size and little noise"),
        accuracy="good",
        training="seconds",
        parameters=3,
        features="many",
    ),
    LearnerRow(
        "isolation-forest",
        "fathom.classical.isolation:IsolationForest",
        "classical",
        phrase("counts the random cuts that part a row from the others"),
        ("table",),
        ("scores",),
        phrase("anomalies in tables of any size and mixed columns; quick, little to set"),
        accuracy="good",
        training="moments",
        parameters=2,
        features="any",
    ),
    LearnerRow(
        "ecod",
        "fathom.classical.tails:Ecod",
        "classical",
        phrase("adds up how rare each cell is in its column, by the longer tail"),
        ("table",),
        ("scores",),
        phrase("anomalies that are extreme in single columns; nothing to set, reasons at once"),
        accuracy="modest",
        training="moments",
        parameters=0,
        features="many",
    ),
    LearnerRow(
        "copod",
        "fathom.classical.tails:Copod",
        "classical",
        phrase("adds up how rare each cell is in its column, in either tail"),
        ("table",),
        ("scores",),
        phrase("anomalies that are extreme in several columns at once; nothing to set"),
        accuracy="modest",
        training="moments",
        parameters=0,
        features="many",
    ),
    LearnerRow(
        "principal-components",
        "fathom.classical.principal:PrincipalComponents",
        "classical",
        phrase("holds each column to what all others say of it, along the directions that rows vary in"),
        ("table",),
        ("scores",),
        phrase("anomalies that break how columns go together, such as sensors of one machine"),
        accuracy="good",
        training="moments",
        linear=True,
        parameters=2,
        features="many",
    ),
    LearnerRow(
        "linear-residuals",
        "fathom.classical.residuals:LinearResiduals",
        "classical",
        phrase(
            "tells each column from the others, or from its past, by a weighted sum, and holds it to the usual error"
        ),
        ("table",),
        ("scores",),
        phrase("sensors and series: faults that break relations or how a value goes on; reasons to the point"),
        accuracy="good",
        training="moments",
        linear=True,
        parameters=2,
        features="many",
    ),
    LearnerRow(
        "neighbour-distance",
        "fathom.classical.surroundings:NeighbourDistance",
        "classical",
        phrase("measures how far the nearest training rows are"),
        ("table",),
        ("scores",),
        phrase("anomalies far from all others, whatever shape the usual rows have; some ten thousand rows"),
        accuracy="good",
        training="moments",
        parameters=2,
        features="few",
    ),
    LearnerRow(
        "local-outlier-factor",
        "fathom.classical.surroundings:LocalOutlierFactor",
        "classical",
        phrase("compares how dense a row's surroundings are with those of its neighbours"),
        ("table",),
        ("scores",),
        phrase("anomalies between groups of different density; some ten thousand rows"),
        accuracy="modest",
        training="moments",
        parameters=2,
        features="few",
    ),
    LearnerRow(
        "binary-relevance",
        "fathom.classical.binary_relevance:BinaryRelevance",
        "classical",
        phrase("a weighted sum of features for each label by itself"),
        ("text", "image"),
        ("labels",),
        phrase("several labels a row, few rows, a need to explain"),
        accuracy="good",
        training="moments",
        linear=True,
        parameters=2,
        features="many",
    ),
    LearnerRow(
        "theta",
        "fathom.classical.theta:Theta",
        "classical",
        phrase("smooths a series and goes on by half of its straight line"),
        ("series",),
        ("forecast",),
        phrase("few or very many series, in no time; hard to beat on short ones"),
        accuracy="good",
        training="moments",
        linear=True,
        parameters=0,
        features="few",
    ),
    LearnerRow(
        "ces",
        "fathom.classical.ces:CES",
        "classical",
        phrase("smooths level and trend as one complex number"),
        ("series",),
        ("forecast",),
        phrase("series whose trend comes and goes; no form has to be chosen"),
        contender=False,
        accuracy="modest",
        training="moments",
        linear=True,
        parameters=0,
        features="few",
    ),
    LearnerRow(
        "ensemble",
        "fathom.classical.ensemble:Ensemble",
        "classical",
        phrase("a weighted mean of smoothing, Theta, autoregression, lags and trees"),
        ("series",),
        ("forecast",),
        phrase("series of any kind, where no single way is known to be best"),
        accuracy="high",
        training="seconds",
        parameters=0,
        features="any",
    ),
    LearnerRow(
        "seasonal-trend",
        "fathom.classical.seasonal_trend:SeasonalTrend",
        "classical",
        phrase("takes out a season that changes slowly, and smooths what is left"),
        ("series",),
        ("forecast",),
        phrase("strong seasons of any length; shows what a series is made of"),
        extra="series",
        accuracy="good",
        training="seconds",
        linear=True,
        parameters=0,
        features="few",
    ),
    LearnerRow(
        "ets",
        "fathom.classical.ets:ETS",
        "classical",
        phrase("error, trend and season of each series, added or multiplied (statsforecast)"),
        ("series",),
        ("forecast",),
        phrase("some hundred series with a season of up to 24 steps"),
        extra="series",
        accuracy="good",
        training="minutes",
        linear=True,
        parameters=0,
        features="few",
    ),
    LearnerRow(
        "arima",
        "fathom.classical.arima:ARIMA",
        "classical",
        phrase("what each series owes to its last steps and errors (statsforecast)"),
        ("series",),
        ("forecast",),
        phrase("few series without strong seasons, and time"),
        extra="series",
        accuracy="good",
        training="minutes",
        linear=True,
        parameters=0,
        features="few",
    ),
    LearnerRow(
        "feedforward",
        "fathom.deep.feedforward:Feedforward",
        "deep",
        phrase("layers of weighted sums: an ensemble in one network, of series looks at several rates"),
        ("table", "image", "series", "events"),
        ("label", "number", "forecast", "scores"),
        phrase("tables of many rows with smooth or interacting effects; many series, quickly"),
        network="feed-forward",
        extra="deep",
        accuracy="high",
        training="minutes",
        parameters=12,
        features="any",
    ),
    LearnerRow(
        "convolutional",
        "fathom.deep.convolutional:Convolutional",
        "deep",
        phrase(
            "learns its own filters, of pictures layer by layer, of texts over runs of words, of series over their past"
        ),
        ("image", "text", "series"),
        ("label", "labels", "boxes", "identity", "forecast"),
        phrase("pictures, from some hundred up; texts where single phrases decide"),
        network="convolutional",
        extra="deep",
        accuracy="high",
        training="minutes",
        parameters=22,
        features="many",
    ),
    LearnerRow(
        "recurrent",
        "fathom.deep.recurrent:Recurrent",
        "deep",
        phrase("reads texts from both ends, or series from their past, with a memory (LSTM or GRU)"),
        ("text", "series", "events"),
        ("label", "labels", "spans", "forecast"),
        phrase("texts whose word order counts, from some thousand up"),
        network="recurrent",
        extra="deep",
        takes=("pretrain",),
        accuracy="high",
        training="minutes",
        parameters=20,
        features="many",
    ),
    LearnerRow(
        "transformer",
        "fathom.deep.transformer:Transformer",
        "deep",
        phrase("lets every word of a text, or patch of a picture or a series, look at every other"),
        ("text", "image", "series", "events"),
        ("label", "labels", "spans", "forecast"),
        phrase("many texts or pictures, or a large stock of texts without labels to learn from first"),
        network="transformer",
        extra="deep",
        takes=("pretrain",),
        accuracy="high",
        training="minutes",
        parameters=21,
        features="many",
    ),
    LearnerRow(
        "pretrained",
        "fathom.deep.pretrained:Pretrained",
        "deep",
        phrase("goes on learning from a network that was trained on other texts, pictures or series"),
        ("text", "image", "series"),
        ("label", "boxes", "identity", "forecast"),
        phrase("few texts, photographs or series, where a trained network for their kind is at hand"),
        network="transformer",
        extra="pretrained",
        takes=("backbone",),
        contender=False,
        accuracy="high",
        training="minutes",
        parameters=10,
        features="many",
    ),
)

EXPORTS = {  # what a model can be written as for other programs, and where
    "onnx": "fathom.exports.onnx:write",
    "transformers": "fathom.exports.transformers:write",
}
EXPORT_EXTRAS = {"onnx": "onnx", "transformers": "pretrained"}  # what must be installed for it

OUTSIDE = "fathom.outside:learner"  # loaded when a name is unknown: looking through what is installed takes time

EXTRAS = {  # what an extra brings, as modules to look for
    "deep": ("torch", "safetensors", "tokenizers"),
    "pretrained": ("torch", "safetensors", "tokenizers", "transformers"),
    "onnx": ("torch", "safetensors", "tokenizers", "onnx", "onnxruntime"),
    "openml": ("openml",),
    "hub": ("datasets",),
    "text": ("rapidfuzz", "dateutil", "phonenumbers"),
    "korean": ("kiwipiepy",),
    "faces": ("skimage",),
    "series": ("statsforecast", "holidays"),
}


Row = TypeVar("Row", TaskRow, LearnerRow)


def task(name: str) -> TaskRow:
    """The task's row.

    >>> task("tabular-regression").output
    'number'
    """
    unknown = phrase("There is no task '{name}'.", name=name)
    return _row(name, TASKS) or _refused(unknown, phrase("The tasks are: {names}.", names=_names(TASKS)))


def learner(name: str) -> LearnerRow:
    """The learner's row; where the catalog has none, the one that an installed package publishes under this name.

    >>> learner("gradient-boosting").family
    'classical'
    """
    unknown = phrase("There is no learner '{name}'.", name=name)
    remedy = phrase("The learners are: {names}.", names=_names(LEARNERS))
    return outside(name) or _row(name, LEARNERS) or _refused(unknown, remedy)


def outside(name: str) -> LearnerRow | None:
    """The row that an installed package publishes under a name that the catalog does not know; else None."""
    if any(row.name == name for row in LEARNERS):
        return None
    found: LearnerRow | None = load(OUTSIDE)(name)
    return found


def learners(named: Iterable[str] = ()) -> tuple[LearnerRow, ...]:
    """The rows of all learners of the catalog, and of those in `named` that come from outside."""
    return (*LEARNERS, *filter(None, map(outside, dict.fromkeys(named))))


def learners_for(task_name: str, named: Iterable[str] = ()) -> tuple[LearnerRow, ...]:
    """The rows of the learners that can learn a task, classical ones first; then those of `named` from outside.

    >>> [row.name for row in learners_for("image-classification") if row.family == "deep"]
    ['feedforward', 'convolutional', 'transformer', 'pretrained']
    """
    row = task(task_name)
    return tuple(each for each in learners(named) if row.reads in each.reads and row.output in each.outputs)


def load(path: str) -> Any:
    """The object that "package.module:name" names, its module imported now."""
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)


def missing(extra: str) -> tuple[str, ...]:
    """The modules of an extra that are not installed; looks, imports nothing."""
    return tuple(name for name in EXTRAS.get(extra, ()) if importlib.util.find_spec(name) is None)


def require(extra: str, what: str) -> None:
    """Raise MissingExtra, with the command that mends it, unless the extra's modules are installed."""
    if absent := missing(extra):
        raise MissingExtra(
            phrase("{what} needs {names}, which this installation was made without.", what=what, names=listed(absent)),
            remedy=f"pip install 'fathom-ml[{extra}]'",
        )


def _row(name: str, rows: tuple[Row, ...]) -> Row | None:
    return next((row for row in rows if row.name == name), None)


def _names(rows: tuple[Row, ...]) -> str:
    return ", ".join(row.name for row in rows)


def _refused(what: str, remedy: str) -> NoReturn:
    raise FathomError(what, remedy=remedy)
