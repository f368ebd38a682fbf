"""What every classical learner must do, whatever the problem."""

import time

import numpy as np
import polars as pl
import pytest

from fathom.errors import StoreError
from fathom.learner import Learner, Run
from fathom.tasks import image_classification, tabular_classification, tabular_regression

TASKS = {"label": tabular_classification.TASK, "number": tabular_regression.TASK}


class Clock:
    """Seconds since it was made, of the clock or of the processor, whichever are less: other work may be beside."""

    def __init__(self):
        self.wall, self.processor = time.perf_counter(), time.process_time()

    def seconds(self):
        return min(time.perf_counter() - self.wall, time.process_time() - self.processor)


@pytest.fixture(scope="session")
def fitted(kit):
    """Each (learner, output) fitted once on the mixed table."""
    kept = {}

    def fit(name, output):
        if (name, output) not in kept:
            dataset, problem = kit["mixed"](classes=3 if output == "label" else 0)
            train, valid, test = kit["parts"](dataset)
            learner, run = kit["learner"](name), Run.lasting(60, seed=5)
            learner.fit(problem, train, valid, run)
            kept[name, output] = learner, problem, test, run
        return kept[name, output]

    return fit


def test_follows_the_contract(fitted, name, output):
    learner, _problem, _, run = fitted(name, output)
    assert isinstance(learner, Learner)
    assert "training" in [step for step, _ in run.steps]
    if name != "baseline":
        assert [step for step, _ in run.steps] == ["features", "training"]
        assert {"n0", "n4"} <= set(learner.features())


def test_beats_the_baseline(kit, fitted, name, output):
    learner, problem, test, _ = fitted(name, output)
    baseline = fitted("baseline", output)[0]
    task = TASKS[output]
    measure = "log-loss" if output == "label" else "rmse"
    scores = [task.scores(problem.truth(test), each.predict(test))[measure] for each in (learner, baseline)]
    assert name == "baseline" or scores[0] < 0.85 * scores[1]


def test_loads_what_it_saved(kit, fitted, tmp_path, name, output):
    learner, _, test, _ = fitted(name, output)
    learner.save(tmp_path)
    again = type(learner).load(tmp_path)
    assert np.array_equal(kit["values"](learner.predict(test)), kit["values"](again.predict(test)))
    assert again.features() == learner.features()
    assert {path.suffix for path in tmp_path.iterdir()} <= {".json", ".txt", ".safetensors"}


def test_says_what_is_damaged(fitted, tmp_path, name, output):
    learner = fitted(name, output)[0]
    learner.save(tmp_path)
    for path in sorted(tmp_path.iterdir()):
        whole = path.read_bytes()
        for broken in (b"", whole[: len(whole) // 2], b"[]", b"\x80\x04K\x01."):
            path.write_bytes(broken)
            with pytest.raises(StoreError, match=r"cannot be read"):
                type(learner).load(tmp_path)
        path.write_bytes(whole)
    type(learner).load(tmp_path)


def test_one_row_gets_the_answer_it_gets_in_a_batch(kit, fitted, name, output):
    learner, _, test, _ = fitted(name, output)
    batch = kit["values"](learner.predict(test))
    scale = np.abs(batch).max()
    for row in range(0, len(test), 13):
        assert np.abs(kit["values"](learner.predict(test.take([row])))[0] - batch[row]).max() <= 1e-9 * scale


def test_order_of_rows_and_columns_does_not_matter(kit, fitted, name, output):
    learner, _, test, _ = fitted(name, output)
    batch = kit["values"](learner.predict(test))
    order = np.random.default_rng(0).permutation(len(test))
    turned = test.take(order).select([*reversed(test.names)])
    assert np.allclose(kit["values"](learner.predict(turned)), batch[order], rtol=1e-9, atol=1e-12)


def test_needs_no_target(kit, fitted, name, output):
    learner, problem, test, _ = fitted(name, output)
    blind = test.select([column.name for column in problem.inputs])
    assert np.array_equal(kit["values"](learner.predict(blind)), kit["values"](learner.predict(test)))


def test_same_seed_same_model(kit, fitted, name, output):
    first, problem, test, _ = fitted(name, output)
    dataset, _ = kit["mixed"](classes=3 if output == "label" else 0)
    train, valid, _ = kit["parts"](dataset)
    second = kit["learner"](name)
    second.fit(problem, train, valid, Run.lasting(60, seed=5))
    assert np.array_equal(kit["values"](first.predict(test)), kit["values"](second.predict(test)))


def test_copes_with_what_training_never_had(kit, fitted, name, output):
    learner, _problem, test, _ = fitted(name, output)
    strange = test.frame.head(6).with_columns(
        n0=pl.Series([None, np.nan, np.inf, -np.inf, 1e300, -1e300]),
        colour=pl.Series(["unseen", None, "", "red", "한글", "red"]),
        when=pl.Series([None] * 6, dtype=pl.Datetime("us")),
    )
    answers = kit["values"](learner.predict(type(test)(strange, test.columns)))
    assert np.isfinite(answers).all()


def test_answers_no_rows_with_none(fitted, name, output):
    learner, _, test, _ = fitted(name, output)
    assert len(learner.predict(test.take([]))) == 0


def test_probabilities_are_probabilities(kit, fitted, labels_learner):
    learner, _problem, test, _ = fitted(labels_learner, "label")
    probabilities = learner.predict(test).probabilities
    assert probabilities.shape == (len(test), 3)
    assert (probabilities >= 0).all()
    assert np.allclose(probabilities.sum(axis=1), 1)


def test_progress_is_told(kit, name, output):
    dataset, problem = kit["mixed"](200, classes=2 if output == "label" else 0)
    train, valid, _ = kit["parts"](dataset)
    told = []
    run = Run.lasting(30, progress=lambda done, note: told.append((done, note)))
    kit["learner"](name).fit(problem, train, valid, run)
    shares = [done for done, _ in told]
    assert shares[-1] == 1.0
    assert all(0 <= share <= 1 for share in shares)


@pytest.mark.parametrize("seconds", [0.3, 1.5])
def test_keeps_its_deadline_on_many_rows(kit, many, seconds, name, output):
    train, valid, problem = many[output]
    learner = kit["learner"](name)
    if name in ("random-forest", "extra-trees"):
        learner.trees = 1_000
    if name == "gradient-boosting":
        learner.rounds = 5_000
    run = Run.lasting(seconds)
    clock = Clock()
    learner.fit(problem, train, valid, run)
    assert clock.seconds() < 1.3 * seconds + 0.5
    assert len(learner.predict(valid.take(range(50)))) == 50


@pytest.fixture(scope="session")
def many(kit):
    made = {}
    for output, classes in (("label", 4), ("number", 0)):
        dataset, problem = kit["mixed"](60_000, classes=classes, numbers=12)
        made[output] = dataset.take(range(50_000)), dataset.take(range(50_000, 60_000)), problem
    return made


def test_a_class_without_training_rows_gets_no_probability(kit, labels_learner):
    dataset, problem = kit["mixed"](300, classes=3)
    train, valid, test = kit["parts"](dataset)
    train = train.take(np.flatnonzero(problem.truth(train) != 1))
    learner = kit["learner"](labels_learner)
    learner.fit(problem, train, valid, Run.lasting(30))
    probabilities = learner.predict(test).probabilities
    assert probabilities.shape[1] == 3
    assert probabilities[:, 1].max() < 1e-6


def test_a_class_of_one_row(kit, labels_learner):
    dataset, problem = kit["mixed"](300, classes=3)
    train, valid, test = kit["parts"](dataset)
    truth = problem.truth(train)
    rows = np.sort(np.concatenate([np.flatnonzero(truth != 2), np.flatnonzero(truth == 2)[:1]]))
    learner = kit["learner"](labels_learner)
    learner.fit(problem, train.take(rows), valid, Run.lasting(30))
    assert np.isfinite(learner.predict(test).probabilities).all()


def test_a_single_class(kit, tmp_path, labels_learner):
    dataset, problem = kit["mixed"](200, classes=2)
    train, valid, test = kit["parts"](dataset)
    train = train.take(np.flatnonzero(problem.truth(train) == 1))
    learner = kit["learner"](labels_learner)
    learner.fit(problem, train, valid, Run.lasting(30))
    learner.save(tmp_path)
    for each in (learner, type(learner).load(tmp_path)):
        assert (each.predict(test).probabilities[:, 1] > 0.999).all()


@pytest.mark.parametrize("rows", [2, 5])
def test_very_few_rows_and_no_validation(kit, rows, name, output):
    dataset, problem = kit["mixed"](200, classes=2 if output == "label" else 0)
    learner = kit["learner"](name)
    learner.fit(problem, dataset.take(range(rows)), dataset.take([]), Run.lasting(30))
    assert np.isfinite(kit["values"](learner.predict(dataset))).all()


def test_rows_without_a_target_are_left_out(kit, name, output):
    dataset, problem = kit["mixed"](200, classes=2 if output == "label" else 0)
    holes = dataset.frame.with_columns(pl.when(pl.int_range(200) % 7 == 0).then(None).otherwise(pl.col("y")).alias("y"))
    holed = type(dataset)(holes, dataset.columns)
    train, valid, test = kit["parts"](holed)
    learner = kit["learner"](name)
    learner.fit(problem, train, valid, Run.lasting(30))
    assert np.isfinite(kit["values"](learner.predict(test))).all()


@pytest.mark.parametrize("column", ["n0", "n1", "colour", "when", "same"])
def test_a_single_input(kit, column, name, output):
    dataset, problem = kit["mixed"](150, classes=2 if output == "label" else 0)
    inputs = tuple(each for each in problem.inputs if each.name == column)
    problem = type(problem)(problem.task, "y", inputs, problem.classes)
    train, valid, test = kit["parts"](dataset)
    learner = kit["learner"](name)
    learner.fit(problem, train, valid, Run.lasting(30))
    assert np.isfinite(kit["values"](learner.predict(test))).all()


def test_doubled_rows_change_little(kit, name, output):
    """Twice each row weighs every row the same, so that answers stay near."""
    dataset, problem = kit["mixed"](300, classes=2 if output == "label" else 0)
    train, valid, test = kit["parts"](dataset)
    twice = train.take(np.repeat(np.arange(len(train)), 2))
    answers = []
    for rows in (train, twice):
        learner = kit["learner"](name)
        learner.fit(problem, rows, valid, Run.lasting(30))
        answers.append(kit["values"](learner.predict(test)))
    spread = 1.0 if output == "label" else float(problem.truth(train).std())
    assert np.abs(answers[0] - answers[1]).mean() < 0.25 * spread


def test_reads_pictures(kit, tmp_path, picture_learner):
    dataset, problem = kit["digits"](500)
    train, valid, test = kit["parts"](dataset)
    learner = kit["learner"](picture_learner)
    learner.fit(problem, train, valid, Run.lasting(60))
    predictions = learner.predict(test)
    accuracy = image_classification.TASK.scores(problem.truth(test), predictions)["accuracy"]
    assert accuracy > (0.05 if picture_learner == "baseline" else 0.85)
    learner.save(tmp_path)
    again = type(learner).load(tmp_path).predict(test)
    assert np.array_equal(again.probabilities, predictions.probabilities)
    single = learner.predict(test.take([7])).probabilities
    assert np.abs(single - predictions.probabilities[7]).max() < 1e-6


def test_keeps_its_deadline_on_pictures(kit, picture_learner):
    rng = np.random.default_rng(0)
    dataset, problem = kit["digits"](3)
    cells = [kit["png"](each) for each in rng.integers(0, 256, (1_500, 28, 28), dtype=np.uint8)]
    frame = pl.DataFrame({"image": cells, "digit": [str(each) for each in rng.integers(0, 10, 1_500)]})
    pictures = type(dataset)(frame, dataset.columns)
    learner, run = kit["learner"](picture_learner), Run.lasting(1.5)
    clock = Clock()
    learner.fit(problem, pictures.take(range(1_200)), pictures.take(range(1_200, 1_500)), run)
    assert clock.seconds() < 1.3 * 1.5 + 0.5
