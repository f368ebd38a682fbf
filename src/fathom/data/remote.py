"""Public collections, through their own client libraries: OpenML and the Hugging Face hub."""

from __future__ import annotations

import importlib
from pathlib import Path

import polars as pl

from fathom import catalog
from fathom.data.dataset import Source
from fathom.data.objects import frame_of
from fathom.errors import DataError
from fathom.messages import phrase

Found = tuple[pl.DataFrame, Source, Path | None]
OFFLINE = phrase("Check the connection and the name; a file on this machine needs neither: give its path.")


def openml(name: str) -> Found:
    """A dataset of openml.org by its number or name, through the `openml` library."""
    catalog.require("openml", "openml:")
    client = importlib.import_module("openml")
    try:
        dataset = client.datasets.get_dataset(int(name) if name.isdigit() else name, download_data=True)
        table = dataset.get_data(dataset_format="dataframe")[0]
    except Exception as error:  # the client raises its own, requests' and the operating system's errors
        raise _unreachable("openml", name, error) from error
    notices = (phrase("OpenML's target column is '{name}'.", name=dataset.default_target_attribute),)
    return frame_of(table), Source(str(dataset.name), f"openml:{name}", notices), None


def hub(name: str) -> Found:
    """A dataset of the Hugging Face hub, "owner/name" or "owner/name:split", through the `datasets` library."""
    catalog.require("hub", "hf:")
    client = importlib.import_module("datasets")
    path, _, part = name.partition(":")
    try:
        loaded = client.load_dataset(path, split=part or "train")
        features = loaded.features
        pictures = [key for key, feature in features.items() if type(feature).__name__ == "Image"]
        for key in pictures:
            loaded = loaded.cast_column(key, client.Image(decode=False))
        frame = frame_of(loaded.with_format("arrow")[:])
    except Exception as error:  # the client raises its own, requests' and the operating system's errors
        raise _unreachable("hf", name, error) from error
    labels = [_labelled(frame[key], feature.names) for key, feature in features.items() if hasattr(feature, "names")]
    notices = (phrase("The part '{part}' was read.", part=part or "train"),)
    return frame.with_columns(labels), Source(path.rpartition("/")[2], f"hf:{name}", notices), None


def _labelled(codes: pl.Series, names: list[str]) -> pl.Series:
    """Class numbers as the names they stand for; -1 is none."""
    return codes.replace_strict(dict(enumerate(names)), default=None, return_dtype=pl.String).cast(pl.Categorical)


def _unreachable(scheme: str, name: str, error: Exception) -> DataError:
    reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
    return DataError(
        phrase("'{scheme}:{name}' could not be fetched: {reason}", scheme=scheme, name=name, reason=reason),
        where=f"{scheme}:{name}",
        remedy=OFFLINE,
    )
