"""The graph of a network that recognises faces on photographs is given faces, as the network is."""

import numpy as np
import polars as pl
import pytest

from fathom import catalog
from fathom.data.cuts import UPRIGHT
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.data.media import encode
from fathom.exports.deep import graph_of
from fathom.exports.session import Session, traced
from fathom.learner import Run
from fathom.model import Model
from fathom.tasks.face_recognition import TASK, pose

pytest.importorskip("onnxruntime")


def test_a_graph_looks_for_faces_too():
    photograph = pytest.importorskip("skimage.data").astronaut()
    chance = np.random.default_rng(0)
    looks = [photograph, photograph[:, ::-1], photograph // 2, photograph[:, :, ::-1]]
    pictures = [encode(np.roll(each, chance.integers(-30, 30, 2), axis=(0, 1))) for each in looks for _ in range(2)]
    frame = pl.DataFrame({"image": pictures, "who": list("aabbccdd")})
    data = Dataset(frame, (Column("image", Kind.IMAGE), Column("who", Kind.CATEGORY)))
    cut, problem, _ = TASK.ready(data, pose(data, "who"))
    learner = catalog.load(catalog.learner("convolutional").path)()
    learner.fit(problem, cut, cut, Run.lasting(1.0))
    model = Model(learner, "convolutional", "deep", problem)
    graph = graph_of(model)
    assert "set upright" in graph.preparation["shows"]
    rows = data.take([0, 3]).select(["image"])
    session = Session(graph, traced(graph, {}))
    assert problem.cut == UPRIGHT
    assert np.allclose(session.predict(rows).similarities, model.predict(rows).similarities, atol=1e-4)
