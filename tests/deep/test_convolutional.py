"""The recipe of the convolutional learner: what few epochs and few rows change."""

from __future__ import annotations

from fathom.deep.convolutional import Convolutional, size
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
