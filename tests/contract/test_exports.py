"""Every network of the catalog leaves as an ONNX file that says what the model says; who cannot says so."""

import json

import numpy as np
import pytest

pytest.importorskip("onnxruntime", reason="needs [onnx]")

import onnxruntime

from fathom import catalog
from fathom.errors import ExportError
from fathom.exports import made, session
from fathom.exports.answers import ANSWERS
from fathom.exports.classical import CLASSICAL, FACES, WINDOWS
from fathom.exports.onnx import graph_of
from fathom.exports.parity import compared
from fathom.model import Model

CALIBRATION = {"label": {"temperature": 1.7}, "labels": {"threshold": 0.4}, "number": {"half_width": 2.0},
               "identity": {"threshold": 0.3, "pair_threshold": 0.4}}  # fmt: skip


@pytest.fixture
def model(case):
    output = catalog.task(case.problem.task).output
    if case.problem.events is not None:
        with pytest.raises(ExportError, match="earlier events"):
            Model(case.learner, case.row.name, case.row.family, case.problem).export("nowhere")
        pytest.skip("what it says hangs on earlier events")
    if output not in ANSWERS:
        pytest.skip(f"no graph answers with {output} yet")
    return Model(case.learner, case.row.name, case.row.family, case.problem, CALIBRATION.get(output, {}))


def test_networks_are_exported_and_say_the_same(model, case, tmp_path):
    if case.row.family != "deep":
        pytest.skip("is no network")
    about = model.export(tmp_path / "out", data=case.test)
    file = (tmp_path / "out" / about["file"]).read_bytes()
    assert json.loads((tmp_path / "out" / "export.json").read_text("utf-8"))["sha256"] == about["sha256"]
    assert about["parity"]["difference"] <= about["parity"]["tolerance"] <= 1e-4
    assert about["parity"]["own_difference"] <= about["parity"]["tolerance"]
    graph = graph_of(model)
    outside = onnxruntime.InferenceSession(file)  # as anybody else runs it
    given = graph.tensors(case.test)
    fed = {name: each.numpy() for name, each in zip(graph.inputs, given, strict=True)}
    read = {each.name for each in outside.get_inputs()}
    found = outside.run(None, {name: each for name, each in fed.items() if name in read})
    assert all(len(each) == len(case.test) for each in found)
    if case.problem.classes:
        said = model.predict(case.test).probabilities
        assert np.abs(found[0] - said).max() <= 1e-4
        assert about["classes"] == list(case.problem.classes)


def test_classical_learners_are_exported_or_refused_with_a_reason(model, case):
    if case.row.family == "deep":
        pytest.skip("is a network")
    if case.row.name not in (*CLASSICAL, *FACES, *WINDOWS) or catalog.task(case.problem.task).reads != "image":
        with pytest.raises(ExportError) as refused:
            graph_of(model)
        assert refused.value.remedy
        return
    graph = graph_of(model)
    running = session.Session(graph, session.traced(graph))
    assert compared(model, running, made.rows(model.problem.inputs, 20)).holds
    assert compared(model, running, case.test).holds
