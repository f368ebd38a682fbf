"""fathom's contenders as a scikit-learn estimator: cross-validated, in a pipeline, on a pandas-free Polars frame.

python examples/in_a_pipeline.py
"""

from sklearn.model_selection import cross_val_score

import fathom
from fathom.sklearn import FathomClassifier


def main():
    customers = fathom.read("sample:customers").frame.drop("customer_id")
    X, y = customers.drop("plan"), customers["plan"].to_numpy()

    estimator = FathomClassifier(learner=["logistic-regression", "gradient-boosting"], minutes=0.2, random_state=0)
    scores = cross_val_score(estimator, X, y, cv=3)
    print(f"accuracy {scores.mean():.1%} (each part: {', '.join(f'{score:.1%}' for score in scores)})")

    estimator.fit(X, y)
    print(f"chosen: {estimator.learner_}, of {estimator.scores_}")
    print(estimator.predict(X[:3]), estimator.predict_proba(X[:3]).round(2), sep="\n")


if __name__ == "__main__":
    main()
