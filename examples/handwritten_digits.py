"""Handwritten digits: one learner of each family, and the digits that the better one gets wrong.

python examples/handwritten_digits.py [MINUTES]
"""

import sys

import numpy as np

import fathom


def main(minutes=1.0, store=None):
    learners = ["logistic-regression", "convolutional"]
    study = fathom.compare("sample:digits", predict="digit", minutes=float(minutes), learners=learners, store=store)
    for trial in study.trials:
        if trial.done:
            print(f"{trial.learner:<20} {trial.score:.1%} right after {trial.fit_seconds:.1f} s of training")
    print(study.verdict)

    truth = study.problem.truth(study.test)
    answers = study.trial(study.verdict.learner).predictions
    for row in np.flatnonzero(answers.codes != truth)[:5]:
        print(f"row {row}: a {study.problem.classes[truth[row]]} was taken for a {answers.values[row]}")


if __name__ == "__main__":
    main(*sys.argv[1:])
