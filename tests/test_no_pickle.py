"""Nothing in the product reads or writes a pickle, or runs what a file says."""

import ast
from pathlib import Path

import pytest

import fathom

SOURCES = sorted(Path(fathom.__file__).parent.rglob("*.py"))
MODULES = {
    "pickle",
    "_pickle",
    "cPickle",
    "cloudpickle",
    "dill",
    "joblib",
    "marshal",
    "shelve",
    "copyreg",
    "jsonpickle",
}
CALLS = {
    "torch.load",
    "torch.save",
    "torch.jit.load",
    "eval",
    "exec",
    "yaml.load",
    "yaml.unsafe_load",
    "pl.DataFrame.deserialize",
    "pl.LazyFrame.deserialize",
    "pd.read_pickle",
}
METHODS = {"read_pickle", "to_pickle", "deserialize", "serialize", "unsafe_load"}
WORDS = {"allow_pickle", "weights_only"}


def offences(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in MODULES)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in MODULES:
            yield node.module
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in CALLS or name.rsplit(".", 1)[-1] in METHODS:
                yield name
            yield from (word.arg for word in node.keywords if word.arg in WORDS)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in MODULES:
            yield node.value  # importlib.import_module("pickle")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_a_source_has_nothing_like_a_pickle(path):
    assert list(offences(ast.parse(path.read_text("utf-8")))) == []


@pytest.mark.parametrize(
    "line", ["import pickle", "from joblib import dump", "torch.load(f)", "np.load(f, allow_pickle=True)", "eval(x)"]
)
def test_the_search_finds_what_it_looks_for(line):
    assert list(offences(ast.parse(line)))
