"""Both READMEs are true: their example runs, their tree, commands and names are those of the code."""

import ast
import re
from pathlib import Path

import pytest

from fathom import catalog
from fathom.cli.app import VERBS

ROOT = Path(__file__).parent.parent
READMES = [ROOT / "README.md", ROOT / "README.ko.md"]


def example(readme):
    (found,) = re.findall(r"```python\n(.*?)```", readme.read_text("utf-8"), re.DOTALL)
    return found


def test_the_example_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("FATHOM_STORE", str(tmp_path))
    exec(compile(example(READMES[0]), READMES[0].name, "exec"), {})
    said = capsys.readouterr().out
    assert "Use classical" in said
    assert "probability:" in said


def test_both_examples_differ_in_comments_alone():
    one, other = (ast.dump(ast.parse(example(readme))) for readme in READMES)
    assert one == other


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_every_verb_task_and_learner_is_named(readme):
    text = readme.read_text("utf-8")
    names = [*VERBS, *(row.name for row in catalog.TASKS), *(row.name for row in catalog.LEARNERS)]
    assert [name for name in names if f"`{name}" not in text] == []


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_links_lead_somewhere(readme):
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", readme.read_text("utf-8"))
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_place_in_the_tree_exists():
    tree = re.findall(r"## The code\n\n```\n(.*?)```", READMES[0].read_text("utf-8"), re.DOTALL)[0]
    folders, missing = [], []
    for line in tree.splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        names = re.match(r"\s*((?:\S+ )*\S+)", line)[1].split("  ")[0].split()
        folders = folders[:depth]
        missing += [name for name in names if not (ROOT / Path(*folders) / name).exists()]
        folders.append(names[0])
    assert missing == []
