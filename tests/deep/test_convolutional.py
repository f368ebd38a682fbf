"""The recipe of the convolutional learner: what few epochs and few rows change."""

from __future__ import annotations

from fathom.deep.convolutional import Convolutional, size
from fathom.deep.networks.convolutional import ConvolutionalNetwork
from fathom.learner import Run


def recipe(epochs, rows=50_000):
    return Convolutional(epochs=epochs)._recipe(rows, "cpu")


def test_few_epochs_take_more_and_longer_steps():
    hasty, patient = recipe(1), recipe(12)
    assert hasty.batch < patient.batch
    assert hasty.rate > patient.rate


def test_few_rows_are_looked_at_more_than_once():
    assert size(28, 28, 500, "cpu")["turn"] > 0
    assert size(28, 28, 50_000, "cpu")["turn"] == 0


def test_the_looks_are_kept_with_the_weights(halves, pose, tmp_path):
    problem = pose(halves, "label")
    learner = Convolutional(epochs=2)
    learner.fit(problem, halves.take(range(180)), halves.take(range(180, 240)), Run(seed=0))
    learner.save(tmp_path)
    again = Convolutional.load(tmp_path)
    assert again.model_.network.turn == learner.model_.network.turn > 0
    assert (again.predict(halves).probabilities == learner.predict(halves).probabilities).all()


def test_pictures_grow_and_are_mixed_while_it_learns_and_are_whole_when_it_answers(make_pictures, pose, monkeypatch):
    rows = make_pictures(120, side=32)
    problem = pose(rows, "label")
    sizes = []
    original = ConvolutionalNetwork.forward
    monkeypatch.setattr(
        ConvolutionalNetwork,
        "forward",
        lambda network, images: sizes.append((network.training, images.shape[2])) or original(network, images),
    )
    learner = Convolutional(epochs=8, mix=0.5, crop=0.7, small=0.5)
    learner.fit(problem, rows.take(range(96)), rows.take(range(96, 120)), Run(seed=0))
    grown = [side for training, side in sizes if training]
    assert grown == sorted(grown)
    assert grown[0] == 16
    assert grown[-1] == 32
    assert {side for training, side in sizes if not training} == {32}
    assert (learner.predict(rows).codes == problem.truth(rows)).mean() > 0.6
