import contextlib
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from fathom.classical import saving
from fathom.classical.baseline import Baseline
from fathom.errors import StoreError


def test_the_safetensors_library_reads_it(tmp_path):
    arrays = {"a": np.arange(6.0).reshape(2, 3), "b": np.array([], dtype=np.int64), "c": np.ones(3, dtype=np.float32)}
    saving.write_arrays(tmp_path / "a.safetensors", arrays)
    read = load_file(tmp_path / "a.safetensors")
    assert all(np.array_equal(read[name], arrays[name]) for name in arrays)
    save_file(arrays, tmp_path / "b.safetensors", metadata={"x": "y"})
    again = saving.read_arrays(tmp_path / "b.safetensors")
    assert all(np.array_equal(again[name], arrays[name]) for name in arrays)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damaged_bytes_are_a_clear_error_or_other_numbers(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("saving") / "arrays.safetensors"
    saving.write_arrays(path, {"weights": np.arange(12.0).reshape(3, 4), "counts": np.arange(5)})
    whole = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(whole[: data.draw(st.integers(place, len(whole)))]))
    with contextlib.suppress(StoreError):
        saving.read_arrays(path)


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F64", "shape": [10**12], "data_offsets": [0, 8]},
        {"dtype": "F64", "shape": [-1], "data_offsets": [0, 8]},
        {"dtype": "F64", "shape": [1], "data_offsets": [-8, 0]},
        {"dtype": "F64", "shape": [4], "data_offsets": [0, 32]},
        {"dtype": "O", "shape": [1], "data_offsets": [0, 8]},
        {"shape": [1]},
        None,
    ],
)
def test_hostile_headers_are_refused(tmp_path, entry):
    header = json.dumps({"weights": entry}).encode()
    path = tmp_path / "arrays.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(8))
    with pytest.raises(StoreError, match="cannot be read"):
        saving.read_arrays(path)


def test_a_huge_header_is_not_read(tmp_path):
    path = tmp_path / "arrays.safetensors"
    path.write_bytes((2**60).to_bytes(8, "little") + b"{}")
    with pytest.raises(StoreError, match="header"):
        saving.read_arrays(path)


def test_another_learner_or_format_is_refused(tmp_path):
    saving.write_state(tmp_path, "Ridge", {}, {})
    with pytest.raises(StoreError, match="a Ridge in format 1, not a Baseline"):
        Baseline.load(tmp_path)
    (tmp_path / saving.STATE).write_text('{"learner": "Baseline", "format": 99, "parameters": {}, "state": {}}')
    with pytest.raises(StoreError, match="format 99"):
        Baseline.load(tmp_path)
