"""Small models that need no training, and a real server around them."""

import contextlib
import io
import threading
import time
from dataclasses import dataclass, field
from types import SimpleNamespace

import httpx
import numpy as np
import pytest
from PIL import Image

from fathom import catalog
from fathom.data import media
from fathom.data.kinds import Column, Kind
from fathom.data.read import read
from fathom.data.samples.faces import drawn_faces
from fathom.learner import Run
from fathom.model import Model
from fathom.serving.app import create_app
from fathom.serving.serve import bind, server
from fathom.tasks.label_sets import LabelSets
from fathom.tasks.predictions import Entity, Labels, Numbers, Spans
from fathom.tasks.problem import Problem

AGE = Column("age", Kind.NUMBER, low=18.0, high=90.0, middle=40.0)
CITY = Column("city", Kind.CATEGORY, categories=("Seoul", "Busan", "1"))
SINCE = Column("since", Kind.TIME, format="%Y-%m-%d")
CLASSES = ("no", "yes")


@dataclass
class Older:
    """Says yes the surer the older; a city changes it a little, a late date a little more."""

    seconds: float = 0.0
    asked: list = field(default_factory=list)

    def predict(self, data):
        time.sleep(self.seconds)
        self.asked.append(len(data))
        city = data["city"].is_in(["Seoul"]).fill_null(False).to_numpy() * 0.5
        late = (data["since"].dt.year().fill_null(2000).to_numpy() > 2020) * 0.25
        age = data["age"].fill_null(40.0).clip(-1e3, 1e3).to_numpy()
        yes = 1 / (1 + np.exp(-(age - 40) / 10 - city - late))
        return Labels(CLASSES, np.stack([1 - yes, yes], axis=1))


@dataclass
class Doubled:
    """Twice the age."""

    def predict(self, data):
        return Numbers(data["age"].fill_null(40.0).clip(-1e6, 1e6).to_numpy() * 2)


@dataclass
class Brightness:
    """Tells dark pictures from light ones."""

    def predict(self, data):
        pixels = media.images(data["image"], None, size=(8, 8), channels=1)
        light = pixels.reshape(len(pixels), -1).mean(axis=1) / 255
        return Labels(("dark", "light"), np.stack([1 - light, light], axis=1))


def people(learner=None, **card):
    problem = Problem("tabular-classification", "buys", (AGE, CITY, SINCE), CLASSES)
    facts = {"measure": "accuracy", "score": 0.91, "low": 0.88, "high": 0.94, "rows": 1200, "verdict": "Use classical."}
    return Model(learner or Older(), "logistic-regression", "classical", problem, {}, {**facts, **card})


def ages():
    problem = Problem("tabular-regression", "double", (AGE,))
    return Model(Doubled(), "ridge", "classical", problem, {"half_width": 3.0, "coverage": 0.9}, {"measure": "RMSE"})


def pictures(**card):
    problem = Problem("image-classification", "tone", (Column("image", Kind.IMAGE),), ("dark", "light"))
    return Model(Brightness(), "convolutional", "deep", problem, {}, card)


REVIEW = (Column("review", Kind.TEXT), Column("stars", Kind.NUMBER, low=1.0, high=5.0, middle=3.0))


@dataclass
class Moods:
    """Good where it says great, the surer the more often."""

    def predict(self, data):
        great = np.array([(text or "").count("great") + (text or "").count("좋아요") for text in data["review"]])
        good = 1 / (1 + np.exp(-2.0 * great + 1))
        return Labels(("bad", "good"), np.column_stack([1 - good, good]))


def moods():
    problem = Problem("text-classification", "mood", REVIEW, ("bad", "good"))
    return Model(Moods(), "logistic-regression", "classical", problem, {}, {"measure": "accuracy", "score": 0.9})


class Capitals:
    """Every word with a capital letter is a city."""

    def predict(self, data):
        rows = []
        for text in data["text"].fill_null("").to_list():
            found, place = [], 0
            for word in text.split(" "):
                if word[:1].isupper():
                    found.append(Entity(place, place + len(word), word, "city", 0.75))
                place += len(word) + 1
            rows.append(found)
        return Spans.of(rows)


def capitals():
    inputs = (Column("text", Kind.TEXT),)
    return Model(Capitals(), "crf", "classical", Problem("named-entity-recognition", "entities", inputs,
                                                         labels=("city", "name")))  # fmt: skip


@dataclass
class Mentions:
    """A label where its word is in the text."""

    def predict(self, data):
        said = [[0.9 if name in (text or "") else 0.3 for name in TOPICS] for text in data["letter"]]
        return LabelSets.of(TOPICS, np.array(said).reshape(-1, len(TOPICS)))


TOPICS = ("late", "rude")


def mentions(calibration=None):
    problem = Problem("multi-label-text-classification", "topics", (Column("letter", Kind.TEXT),), sets=TOPICS)
    return Model(Mentions(), "binary-relevance", "classical", problem, calibration or {})


def png(brightness=255, side=8):
    file = io.BytesIO()
    Image.new("L", (side, side), brightness).save(file, "PNG")
    return file.getvalue()


ROW = {"age": 50, "city": "Seoul", "since": "2024-03-01"}


@contextlib.contextmanager
def live(model, **settings):
    """A real server on a free port; yields a client."""
    with bind("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        app = create_app(model, name="people", port=port, **settings)
        running = server(app)
        thread = threading.Thread(target=running.run, args=([listener],), daemon=True)
        thread.start()
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
                client.app = app
                while not running.started:
                    time.sleep(0.01)
                yield client
        finally:
            running.should_exit = True
            thread.join(10)


@pytest.fixture(scope="session")
def make():
    """The models, the learner that can be slow, a usual row and a picture."""
    return SimpleNamespace(
        people=people,
        ages=ages,
        pictures=pictures,
        moods=moods,
        capitals=capitals,
        mentions=mentions,
        older=Older,
        row=ROW,
        png=png,
    )


@pytest.fixture(scope="session")
def serving():
    """A context manager: a real server around a model."""
    return live


@pytest.fixture(scope="session")
def acquaintance():
    """A model that knows eight drawn persons."""
    data = read(drawn_faces(8, 4, seed=1))
    problem = catalog.load(catalog.task("face-recognition").path).pose(data, "person")
    learner = catalog.load(catalog.learner("eigenfaces").path)()
    learner.fit(problem, data, data.take([]), Run())
    return Model(learner, "eigenfaces", "classical", problem, {"threshold": 0.2, "pair_threshold": 0.9})


@pytest.fixture(scope="module")
def client():
    with live(people()) as client:
        yield client


@pytest.fixture(scope="module")
def picture_client():
    with live(pictures()) as client:
        yield client
