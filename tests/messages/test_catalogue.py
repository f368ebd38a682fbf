"""The catalogue holds every phrase of the code and no other, and nothing is said to a person past it."""

import ast
import re
import tomllib
from pathlib import Path
from string import Formatter

import pytest

import fathom

ROOT = Path(fathom.__file__).parent
SOURCES = {path: ast.parse(path.read_text("utf-8")) for path in sorted(ROOT.rglob("*.py"))}
FILES = sorted((ROOT / "messages" / "ko").glob("*.toml"))
KOREAN = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in FILES}
MAKERS = {"phrase": slice(0, 1), "plural": slice(1, 3)}  # which arguments are templates
ERRORS = {
    "FathomError",
    "DataError",
    "RowError",
    "MissingExtra",
    "StoreError",
    "TrainingError",
    "ExportError",
    "Refusal",
}
SIGNS = {"to"}  # what Korean writes with a sign, as in "96.1~98.0"
COMMAND = re.compile(r"(pip install|fathom) ")  # what a person types is the same in every language


def calls(tree):
    """The calls in a file, each with the bare name of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            yield node.func.id if isinstance(node.func, ast.Name) else node.func.attr, node


def place(path, node):
    return f"{path.relative_to(ROOT)}:{node.lineno}"


def templates():
    """Every template of the code, and where it stands; None for one that is not a literal."""
    for path, tree in SOURCES.items():
        for name, node in calls(tree):
            for argument in node.args[MAKERS[name]] if name in MAKERS else ():
                literal = isinstance(argument, ast.Constant) and isinstance(argument.value, str)
                yield argument.value if literal else None, place(path, node)


def fields(template):
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def letters(template):
    """The words of a template: what is left of it without its values."""
    return "".join(text for text, _, _, _ in Formatter().parse(template))


USED = {template: where for template, where in templates() if template is not None}
TRANSLATED = {template: korean for entries in KOREAN.values() for template, korean in entries.items()}


def test_templates_are_literal():
    assert [where for template, where in templates() if template is None] == []


def test_nothing_is_missing_in_korean():
    assert [f"{where}: {template}" for template, where in USED.items() if template not in TRANSLATED] == []


def test_nothing_in_korean_is_unused():
    assert [template for template in TRANSLATED if template not in USED] == []


def test_no_template_stands_in_two_files_of_the_catalogue():
    assert sum(map(len, KOREAN.values())) == len(TRANSLATED)


@pytest.mark.parametrize("room", KOREAN)
def test_translations_have_the_same_values_and_korean_words(room):
    for template, korean in KOREAN[room].items():
        assert fields(korean) == fields(template), template
        words = set(re.findall("[A-Za-z]+", letters(template)))
        assert re.search("[가-힣]", korean) or words <= SIGNS, template
        assert template.count("\n") == korean.count("\n"), template


def test_templates_name_their_values():
    """A value without a name, or one that is looked into, could not be stored and said again."""
    for template in USED:
        assert all(name.isidentifier() for name in fields(template)), template


def test_every_value_of_a_template_is_given():
    """So that no sentence fails only on the day that it is needed."""
    wrong = []
    for path, tree in SOURCES.items():
        for name, node in calls(tree):
            if name not in MAKERS or any(each.arg is None for each in node.keywords):
                continue
            given = {each.arg for each in node.keywords} | ({"count"} if name == "plural" else set())
            asked = [fields(each.value) for each in node.args[MAKERS[name]] if isinstance(each, ast.Constant)]
            if any(not names <= given for names in asked) or not given <= set().union({"count"}, *asked):
                wrong.append(place(path, node))
    assert wrong == []


def bare(node):
    """Whether an expression is English text that was not made by `phrase`: a literal, or built from literals."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and bool(re.search("[A-Za-z]", node.value)) and not said_alike(node.value)
    if isinstance(node, ast.JoinedStr):
        text = "".join(each.value for each in node.values if isinstance(each, ast.Constant))
        return bool(re.search("[A-Za-z]", text)) and not said_alike(text)
    if isinstance(node, ast.IfExp):
        return bare(node.body) or bare(node.orelse)
    if isinstance(node, ast.BinOp):
        return bare(node.left) or bare(node.right)
    return isinstance(node, ast.BoolOp) and any(map(bare, node.values))


def said_alike(text):
    """Whether a text is the same in every language: an option, an environment's name, a command, a code."""
    return bool(COMMAND.match(text)) or bool(
        re.fullmatch(r"[-$\w./:]+ ?", text) and not re.fullmatch("[A-Z]?[a-z]+", text)
    )


def told(name, node):
    """The arguments of a call that a person will read."""
    named = {each.arg: each.value for each in node.keywords}
    if name in ERRORS:
        first = 1 if name == "Refusal" else 0
        return [*node.args[first : first + 1], *(named[key] for key in ("what", "where", "remedy") if key in named)]
    if name == "Finding":
        return [*node.args[1:2], *node.args[4:5], *(named[key] for key in ("what", "remedy") if key in named)]
    return []


def test_errors_and_findings_are_phrases():
    found = [
        place(path, node)
        for path, tree in SOURCES.items()
        for name, node in calls(tree)
        if any(map(bare, told(name, node)))
    ]
    assert found == []
