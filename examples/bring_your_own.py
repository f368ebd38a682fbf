"""Your own scikit-learn pipeline and your own torch module, under the same protocol as fathom's learners.

python examples/bring_your_own.py
"""

import sys

import torch
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import fathom


class TwoLayers(torch.nn.Module):
    """Rows of standardised numbers and one-hot categories go in, [rows, features]; one number a row comes out."""

    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(torch.nn.LazyLinear(64), torch.nn.ReLU(), torch.nn.Linear(64, 1))

    def forward(self, rows):
        return self.layers(rows)


def main(minutes=0.5, store=None):
    pipeline = make_pipeline(StandardScaler(), HistGradientBoostingRegressor(max_iter=50))
    study = fathom.compare(
        "sample:diabetes",
        predict="progression",
        minutes=float(minutes),
        learners=["ridge", pipeline, TwoLayers()],
        store=store,
    )
    for trial in study.trials:
        score = "" if trial.score is None else f"{trial.score:.1f} ({trial.low:.1f} to {trial.high:.1f})"
        print(f"{trial.learner:<20} {trial.family:<10} {study.measure} {score} {trial.message}".rstrip())
    print(study.verdict)


if __name__ == "__main__":
    main(*sys.argv[1:])
