"""Korean: by --language anywhere on the line, by the locale, and nowhere mixed with English sentences."""

import json
import os
import re
import subprocess
import sys

import pytest

from fathom.cli import output
from fathom.cli.app import VERBS
from fathom.cli.language import heard
from fathom.errors import FathomError

pytestmark = pytest.mark.xdist_group("language")  # what is made once per module is made once

SENTENCE = re.compile(r"\b[A-Za-z]+ (?:[a-z]+ ){2,}[a-z]+")  # four English words in a row
SAID_ALIKE = re.compile(r"`[^`]*`|\S*/\S*|fathom [\w ]+ --?[\w]+.*|pip \S+ .*|\$ .*")  # commands and paths


def english(text):
    """The English sentences in a text; commands, paths and the like are no sentences."""
    return [found[0] for line in text.splitlines() for found in SENTENCE.finditer(SAID_ALIKE.sub("", line))]


def korean(*arguments, folder, **environment):
    """Run a command line in a process of its own, with a Korean locale."""
    inherited = {key: value for key, value in os.environ.items() if key not in ("FATHOM_LANGUAGE", "LC_ALL")}
    found = subprocess.run(
        [sys.executable, "-m", "fathom", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        env=inherited | {"LANG": "ko_KR.UTF-8", "FATHOM_STORE": str(folder / "store"), "COLUMNS": "100"} | environment,
        check=False,
    )
    assert found.returncode != 70, found.stderr
    return found


def test_the_option_stands_anywhere_and_is_taken_off(monkeypatch):
    monkeypatch.setenv("FATHOM_LANGUAGE", "en")
    for line in ("--language ko check a.csv", "check --language=ko a.csv", "check a.csv --language ko"):
        assert heard(line.split()) == ["check", "a.csv"]
        assert os.environ["FATHOM_LANGUAGE"] == "ko"
    assert heard(["check", "--", "--language"]) == ["check", "--", "--language"]


@pytest.mark.parametrize("code", ["fr", ""])
def test_an_unknown_language_is_refused(run, code):
    told = run("models", f"--language={code}")
    assert told.code == 2
    assert "en, ko" in told.err
    with pytest.raises(FathomError):
        heard(["models", "--language"])


def test_one_command_in_korean_leaves_the_next_in_english(run, monkeypatch):
    for _ in range(2):  # first in English: what a file says while it is loaded stays in the language of then
        assert "No models yet" in run("models").out
        assert "아직 모델이 없습니다" in run("models", "--language", "ko").out
        monkeypatch.setenv("FATHOM_LANGUAGE", "en")


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_help_is_korean(verb, tmp_path):
    told = korean(*filter(None, [verb]), "--help", folder=tmp_path).stdout
    assert "사용법: fathom" in told
    assert "--language [en|ko]" in told
    assert english(told) == []


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("check no.csv", "파일이나 폴더가 없습니다"),
        ("check sample:customers --predict prise", "'prise' 열이 없습니다"),
        ("chek no.csv", "명령은 없습니다"),
        ("compare", "인자 'DATA'이(가) 없습니다"),
        ("compare a.csv --predict y --minutes five", "수여야 합니다"),
        ("compare sample:customers --predict plan --learners ridge", "학습할 수 없습니다"),
        ("serve nothing", "모델은 없습니다"),
        ("report nothing", "연구는 없습니다"),
    ],
)
def test_mistakes_are_told_in_korean(line, what, tmp_path):
    found = korean(*line.split(), "--json", folder=tmp_path)
    assert what in found.stderr
    assert "  다음: " in found.stderr
    assert english(found.stderr) == []
    error = json.loads(found.stdout)["error"]
    assert what in error["what"]


@pytest.mark.parametrize("verb", ["tasks", "learners", "models", "studies", "doctor"])
def test_lists_are_korean(verb, tmp_path):
    assert english(korean(verb, folder=tmp_path).stdout) == []


def test_a_check_is_korean(tmp_path):
    told = korean("check", "sample:customers", "--predict", "plan", folder=tmp_path).stdout
    assert "정상" in told
    assert english(told) == []


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A study of the customers, conducted in Korean; its folder and what was told."""
    folder = tmp_path_factory.mktemp("korean")
    line = "compare sample:customers --predict plan --minutes 0.3 --learners logistic-regression,nearest-neighbours"
    return folder, korean(*line.split(), folder=folder)


def test_a_comparison_is_korean(study):
    _, told = study
    assert told.returncode == 0, told.stderr
    assert "고전적 모델을 쓰십시오" in told.stdout
    assert "시험 행" in told.stderr
    assert english(told.stdout) == []
    assert english(told.stderr) == []


def test_a_study_made_in_korean_is_reported_in_either_language(study):
    folder, _ = study
    for language, heading in (("en", "The verdict"), ("ko", "판정")):
        page = folder / f"{language}.html"
        korean("report", "customers-1", "--out", page, "--language", language, folder=folder)
        text = page.read_text("utf-8")
        assert f'lang="{language}"' in text
        assert f"<h2>{heading}</h2>" in text
        body = re.sub(r"<(style|script|svg|code)\b.*?</\1>|<[^>]+>", " ", text, flags=re.DOTALL)
        sentences = english(body)
        hangul = re.findall("[가-힣]{2,}", body)
        assert (sentences == []) if language == "ko" else (hangul == [])


@pytest.mark.parametrize("text", ["plain words " * 40, "한글로 쓴 긴 문장 " * 30, "±1.0 points, " * 30])
def test_lines_fit_whatever_the_script(text, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    lines = output.wrapped(text).splitlines()
    assert max(map(output.width, lines)) <= 60
    assert min(map(output.width, lines[:-1])) > 40
    assert " ".join(lines) == " ".join(text.split())
