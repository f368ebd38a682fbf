"""Labels and numbers that look wrong: ranked for a person to look at, never changed."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt
import polars as pl
from sklearn.decomposition import TruncatedSVD
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict

from fathom.data import media
from fathom.data.dataset import Dataset
from fathom.data.finding import Finding
from fathom.data.kinds import TABLE_KINDS, Column, Kind
from fathom.data.posed import Posed
from fathom.errors import DataError
from fathom.messages import phrase

ROWS = 4_000  # a sample is looked at, so that the look takes seconds
TREES = 80
FOLDS = 4
SIDE = 12  # pixels that a picture is shrunk to
HASHES, CHARACTERS, DIRECTIONS = 2**15, 1_000, 60  # of texts: how many sorts, how many are read, how many remain
SHOWN = 50
SURE = 0.4  # lead of another label over the given one
TYPICAL = 0.7  # share of a label's usual probability that makes it credible
ODD = 8.0  # robust standard deviations from what similar rows say
Floats = npt.NDArray[np.float64]


def check_labels(dataset: Dataset, problem: Posed) -> list[Finding]:
    """Rows whose target disagrees with what similar rows say, the most doubtful first.

    Labels by confident learning (Northcutt, Jiang and Chuang, 2021) over out-of-fold probabilities of extra trees;
    numbers by their distance from out-of-fold estimates.
    """
    if problem.labels:
        return [
            Finding("unchecked", phrase("Whether spans in '{target}' are wrong or missing.", target=problem.target))
        ]
    if problem.conditions:
        return [Finding("unchecked", phrase("Whether rows that count as usual are anomalies that nobody noticed."))]
    if problem.persons:
        return [
            Finding("unchecked", phrase("Whether pictures bear the wrong name in '{target}'.", target=problem.target))
        ]
    if problem.boxes:
        return [
            Finding("unchecked", phrase("Whether boxes in '{target}' are wrong or missing.", target=problem.target))
        ]
    if problem.sets:
        return [
            Finding("unchecked", phrase("Whether labels in '{target}' are wrong or missing.", target=problem.target))
        ]
    truth = problem.truth(dataset)
    rows = np.flatnonzero(problem.known(truth))
    rows = np.sort(np.random.default_rng(0).permutation(rows)[:ROWS])
    if problem.classes:
        counts = np.bincount(truth[rows], minlength=len(problem.classes))
        rows = rows[counts[truth[rows]] >= FOLDS]
    features = _features(dataset, problem, rows)
    if features is None or len(rows) < 10 * FOLDS or len(np.unique(truth[rows])) < 2:
        return [
            Finding(
                "unchecked",
                phrase(
                    "Whether values of '{target}' are wrong: too little to compare them with.", target=problem.target
                ),
            )
        ]
    doubt = _doubtful_labels(features, truth[rows]) if problem.classes else _doubtful_numbers(features, truth[rows])
    looked = "" if len(rows) == len(dataset) else phrase(" of {count:,} looked at", count=len(rows))
    if not len(doubt):
        return [
            Finding(
                "ok",
                phrase("No '{target}'{looked} looks wrong.", target=problem.target, looked=looked),
                (problem.target,),
            )
        ]
    what = phrase(
        "{count:,} values of '{target}'{looked} look wrong beside similar rows (most doubtful first).",
        count=len(doubt),
        target=problem.target,
        looked=looked,
    )
    remedy = phrase(
        "Look at the first of them; the noisier the data, the fewer suspicions are right. Nothing was changed."
    )
    return [Finding("note", what, (problem.target,), tuple(rows[doubt[:SHOWN]].tolist()), remedy)]


def _doubtful_labels(features: Floats, truth: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
    """Positions where another label is about as probable as for the rows that bear it, and leads."""
    labels, codes = np.unique(truth, return_inverse=True)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    trees = ExtraTreesClassifier(TREES, min_samples_leaf=2, random_state=0, n_jobs=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a class smaller than the folds is already reported
        odds = cross_val_predict(trees, features, codes, cv=folds, method="predict_proba")
    usual = np.array([odds[codes == label, label].mean() for label in range(len(labels))])
    given = odds[np.arange(len(codes)), codes]
    other = np.where((odds >= TYPICAL * usual) & (np.arange(len(labels)) != codes[:, None]), odds, 0.0).max(axis=1)
    lead = other - given
    return np.argsort(-lead, kind="stable")[: int((lead > SURE).sum())]


def _doubtful_numbers(features: Floats, truth: Floats) -> npt.NDArray[np.intp]:
    folds = KFold(FOLDS, shuffle=True, random_state=0)
    trees = ExtraTreesRegressor(TREES, min_samples_leaf=2, random_state=0, n_jobs=1)
    miss = np.abs(truth - cross_val_predict(trees, features, truth, cv=folds))
    spread = 1.4826 * np.median(miss)
    return (
        np.argsort(-miss, kind="stable")[: int((miss > ODD * spread).sum())]
        if spread > 0
        else np.array([], dtype=np.intp)
    )


def _features(dataset: Dataset, problem: Posed, rows: npt.NDArray[np.intp]) -> Floats | None:
    """Plain numbers for the trees; None where no input can be made into them."""
    part = dataset.take(rows)
    parts = [_numbers(part.frame[column.name], column) for column in problem.inputs if column.kind in TABLE_KINDS]
    for column in problem.inputs:
        if column.kind == Kind.IMAGE:
            try:
                pixels = media.images(part.frame[column.name], dataset.folder, size=(SIDE, SIDE), channels=1)
            except DataError:
                return None  # broken pictures are reported by their own check
            parts.append(pixels.reshape(len(rows), -1).astype(np.float64))
        if column.kind == Kind.TEXT:
            parts.append(_directions(part.frame[column.name]))
    return np.column_stack(parts) if parts else None


def _directions(texts: pl.Series) -> Floats:
    """The main directions of texts' characters (latent semantic analysis, Deerwester et al. 1990)."""
    words = HashingVectorizer(analyzer="char_wb", ngram_range=(2, 4), n_features=HASHES, norm="l2")
    counted = words.transform(texts.fill_null("").str.slice(0, CHARACTERS).to_list())
    weighed = TfidfTransformer(sublinear_tf=True).fit_transform(counted.maximum(-counted))  # the signs are chance
    found: Floats = TruncatedSVD(DIRECTIONS, random_state=0).fit_transform(weighed).astype(np.float64)
    return found


def _numbers(values: pl.Series, column: Column) -> Floats:
    """Numbers with a far value for missing ones; labels by their frequency's rank, which trees can cut."""
    if column.kind == Kind.CATEGORY:
        known = {name: float(place) for place, name in enumerate(column.categories)}
        codes: Floats = values.replace_strict(known, default=-1.0, return_dtype=pl.Float64).fill_null(-2.0).to_numpy()
        return codes
    numbers = values.cast(pl.Int64).cast(pl.Float64) if column.kind == Kind.TIME else values
    low = numbers.min()
    filled: Floats = numbers.fill_null(float(low) - 1.0 if isinstance(low, float) else 0.0).to_numpy()
    return np.clip(filled, -3e38, 3e38)  # trees compute in single precision
