"""What every learner promises for every task it can learn. No test here knows a learner by its name."""

import pickletools
import signal
import time
import zipfile
from dataclasses import fields, is_dataclass
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.data.picture_sizes import picture_sizes
from fathom.errors import DataError, StoreError
from fathom.learner import Learner, Run
from fathom.model import Model
from fathom.protocol.insight.asking import usual
from fathom.protocol.insight.decided import decided
from fathom.tasks.identities import Identities
from fathom.tasks.label_sets import LabelSets
from fathom.tasks.predictions import Boxes, Labels, Scores, Spans

SHORT = 1.0  # seconds: less than some need
GRACE = 1.0  # seconds over the deadline that a busy machine may cost


def numbers_of(predictions):
    """Probabilities, numbers, or the row, place and probability of each entity or box, as one array."""
    if isinstance(predictions, Boxes | Spans):
        places = slice(4) if isinstance(predictions, Boxes) else slice(2)
        rows = enumerate(predictions.rows)
        known = [(row, *each[places], each.probability) for row, found in rows for each in found]
        return np.array(known, dtype=np.float64).reshape(len(known), places.stop + 2)
    if isinstance(predictions, Identities):
        return predictions.similarities
    if isinstance(predictions, Scores):
        return np.column_stack([predictions.score, predictions.parts])
    return predictions.probabilities if isinstance(predictions, Labels | LabelSets) else predictions.values


def names_of(predictions):
    """What entities or boxes are said to be."""
    return [each.label for row in getattr(predictions, "rows", ()) for each in row]


def agree(some, others):
    """Equal but for the last bits, which may differ with the size of a batch."""
    same = names_of(some) == names_of(others)
    some, others = numbers_of(some), numbers_of(others)
    if not same or some.shape != others.shape:
        return False
    scale = np.maximum(1.0, np.abs(others).max(axis=0, initial=0.0))  # of each column: places are larger than shares
    return bool((np.abs(some - others) <= 2e-6 * scale).all())


def test_the_row_names_a_learner_with_plain_parameters(case):
    fresh = case.fresh()
    assert isinstance(fresh, Learner)
    assert is_dataclass(fresh)
    assert vars(fresh).keys() == {each.name for each in fields(fresh) if each.init}  # no state before fit


def test_it_ends_before_its_deadline(case):
    learner, start = case.fresh(), time.monotonic()
    learner.fit(case.problem, case.posed.train, case.posed.valid, Run.lasting(SHORT, seed=1))
    assert time.monotonic() - start < SHORT + GRACE
    assert len(learner.predict(case.test)) == len(case.test)


def test_it_beats_the_baseline_on_rows_it_has_not_seen(case, baseline):
    if case.row.name == baseline.row.name:
        pytest.skip("is the baseline")
    assert better(case, case.said, baseline.said)


def better(case, one, other):
    task, truth = case.posed.task, case.problem.truth(case.test)
    measure = task.measure(task.choose_measure(case.problem, case.posed.train))
    return measure.better(measure.score(truth, one, None), measure.score(truth, other, None))


def test_predictions_have_the_shape_of_the_problem(case):
    assert len(case.said) == len(case.test)
    if case.problem.classes:
        assert case.said.classes == case.problem.classes
        assert case.said.probabilities.shape == (len(case.test), len(case.problem.classes))
        assert (case.said.probabilities >= 0).all()
        assert np.allclose(case.said.probabilities.sum(axis=1), 1.0, atol=1e-6)
    if case.problem.sets:
        assert case.said.classes == case.problem.sets
        assert case.said.chosen.shape == case.said.probabilities.shape == (len(case.test), len(case.problem.sets))
        assert ((case.said.probabilities >= 0) & (case.said.probabilities <= 1)).all()
    if case.problem.persons:
        assert case.said.persons == case.problem.persons
        assert case.said.similarities.shape == (len(case.test), len(case.problem.persons))
        assert (np.abs(case.said.similarities) <= 1).all()
        assert np.allclose(np.linalg.norm(case.said.vectors, axis=1), 1.0)
    if case.problem.conditions:
        assert case.said.columns == tuple(column.name for column in case.problem.inputs)
        assert case.said.parts.shape == (len(case.test), len(case.problem.inputs))
        assert (case.said.parts >= 0).all()
        total = case.said.parts.sum(axis=1)
        assert np.allclose(total[total > 0], 1.0)
    if case.problem.labels:
        texts = case.test[case.problem.inputs[0].name].to_list()
        for text, row in zip(texts, case.said.rows, strict=True):
            assert all(text[each.start : each.end] == each.text and 0 <= each.probability <= 1 for each in row)
            assert all(one.end <= other.start for one, other in pairwise(row))
            assert {each.label for each in row} <= set(case.problem.labels)
    if case.problem.boxes:
        sizes = picture_sizes(case.test[case.problem.inputs[0].name], case.test.folder)
        for (width, height), row in zip(sizes, case.said.rows, strict=True):
            assert all(0 <= each.left < each.right <= width and 0 <= each.top < each.bottom <= height for each in row)
            assert all(0 <= each.probability <= 1 for each in row)
            assert all(one.probability >= other.probability for one, other in pairwise(row))
            assert {each.label for each in row} <= set(case.problem.boxes)
    assert np.isfinite(numbers_of(case.said)).all()
    assert numbers_of(case.said).dtype == np.float64


def test_what_is_loaded_predicts_what_was_saved(case, tmp_path):
    model = Model(case.learner, case.row.name, case.row.family, case.problem)
    again = Model.load(model.save(tmp_path / "model"))
    assert np.array_equal(numbers_of(again.learner.predict(case.test)), numbers_of(case.said))
    assert again.learner.features() == case.learner.features()
    assert vars(case.fresh()).keys() <= vars(again.learner).keys()


def test_no_file_is_a_pickle(case, tmp_path):
    case.learner.save(tmp_path)
    for path in filter(lambda each: each.is_file(), tmp_path.rglob("*")):
        members = [path.read_bytes()]
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                members += [archive.read(name) for name in archive.namelist()]
        assert not any(map(is_pickle, members)), path.name


def is_pickle(data):
    try:
        return sum(1 for _ in pickletools.genops(data)) > 1
    except (ValueError, DeprecationWarning):  # the latter of an escape in what it takes for a string
        return False


def test_a_pickle_would_be_noticed():
    assert is_pickle(b"\x80\x04]\x94.")
    assert not is_pickle(b'{"weights": [1.0]}')


def test_a_folder_that_is_damaged_is_refused(case, tmp_path):
    case.learner.save(tmp_path)
    for path in [each for each in tmp_path.rglob("*") if each.is_file()]:
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(StoreError):
            type(case.learner).load(tmp_path)
        path.write_bytes(whole)


def test_a_batch_says_what_single_rows_say(case):
    for row in range(0, len(case.test), 9):
        assert agree(case.learner.predict(case.test.take([row])), case.said.take(np.array([row])))
    assert len(case.learner.predict(case.test.take([]))) == 0


def test_the_order_of_rows_and_columns_does_not_matter(case):
    order = np.random.default_rng(0).permutation(len(case.test))
    turned = case.test.take(order).select(case.test.names[::-1])
    assert agree(case.learner.predict(turned), case.said.take(order))


def test_the_target_is_not_needed(case):
    blind = case.test.select([column.name for column in case.problem.inputs])
    assert np.array_equal(numbers_of(case.learner.predict(blind)), numbers_of(case.said))


def test_what_is_strange_is_never_learned_from(case):
    if not case.problem.conditions:
        pytest.skip("learns from its target")
    train, valid = (
        rows.select([each.name for each in case.problem.inputs]) for rows in (case.posed.train, case.posed.valid)
    )
    again = case.fresh()
    again.fit(case.problem, train, valid, Run.lasting(3_600, seed=case.run.seed))
    assert np.array_equal(numbers_of(again.predict(case.test)), numbers_of(case.said))


def test_the_same_seed_gives_the_same_model(case):
    again = case.fresh()
    again.fit(case.problem, case.posed.train, case.posed.valid, Run.lasting(3_600, seed=case.run.seed))
    assert np.array_equal(numbers_of(again.predict(case.test)), numbers_of(case.said))


def test_it_copes_with_what_training_never_had(case):
    rows = case.test.take(range(3))
    for column in case.problem.inputs:
        empty = pl.lit(None, dtype=rows.frame.schema[column.name]).alias(column.name)
        assert answered(case, rows, rows.frame.with_columns(empty)), f"{column.name} missing"
        if column.kind == Kind.CATEGORY:
            assert answered(case, rows, rows.frame.with_columns(pl.lit("처음 보는 값").alias(column.name)))
        if column.kind == Kind.NUMBER:
            for value in (float("nan"), float("inf"), -1e300):
                assert answered(case, rows, rows.frame.with_columns(pl.lit(value).alias(column.name))), value
    nothing = rows.frame.select(pl.lit(None, dtype=kind).alias(name) for name, kind in rows.frame.schema.items())
    assert answered(case, rows, nothing), "all missing"


def answered(case, rows, frame):
    said = case.learner.predict(Dataset(frame, rows.columns, rows.source, rows.folder))
    return len(said) == frame.height and np.isfinite(numbers_of(said)).all()


def test_input_that_does_not_fit_is_a_clear_error(case):
    model = Model(case.learner, case.row.name, case.row.family, case.problem)
    name = case.problem.inputs[-1].name
    with pytest.raises(DataError, match=name) as raised:
        model.predict_frame(case.test.frame.drop(name))
    assert raised.value.remedy
    if numbers := case.problem.inputs_of(Kind.NUMBER):
        words = case.test.frame.with_columns(pl.lit("many").alias(numbers[0]))
        with pytest.raises(DataError, match=numbers[0]) as raised:
            model.predict_frame(words)
        assert (raised.value.column, raised.value.row) == (numbers[0], 1)


def test_it_names_the_features_it_was_told(case):
    features = case.learner.features()
    if case.row.family == "deep":
        assert features is None
        return
    assert isinstance(features, list)
    assert all(isinstance(each, str) and each for each in features)
    assert len(set(features)) == len(features)


def test_what_decided_in_a_picture_is_told(case):
    problem, pictures = case.posed.problem, case.posed.problem.inputs_of(Kind.IMAGE)
    if not pictures or not (problem.classes or problem.sets or problem.boxes or problem.persons):
        pytest.skip("of pictures alone, and of labels, boxes and persons")
    model = Model(case.learner, case.row.name, case.row.family, problem)
    rows = case.posed.test.take(np.arange(min(len(case.posed.test), 16))).select(pictures)
    said = [(row, asked) for row, asked in enumerate(usual(case.learner.predict(rows))) if asked is not None]
    row, asked = said[0]
    (told,) = decided(model, rows.take(np.array([row])), [asked])
    assert told.places.ndim == 2
    assert np.isfinite(told.places).all()


def test_its_steps_are_timed(case):
    assert case.run.steps
    assert all(name and seconds >= 0 for name, seconds in case.run.steps)
    assert (len(case.run.steps) > 1) or case.row.family == "deep" or not case.learner.features()


def test_killed_in_the_middle_it_goes_on(case, baseline, crash):
    status, folder = crash(case)
    assert status in (0, -signal.SIGKILL)  # 0: there was nothing to be in the middle of
    again = case.fresh()
    again.fit(case.problem, case.posed.train, case.posed.valid, Run.lasting(3_600, seed=case.run.seed, folder=folder))
    said = again.predict(case.test)
    if case.row.family == "deep" or case.row.name == baseline.row.name:
        assert np.array_equal(numbers_of(said), numbers_of(case.said))  # to the bit
    else:  # libraries that draw anew when they go on: another model, as good
        assert better(case, said, baseline.said)
