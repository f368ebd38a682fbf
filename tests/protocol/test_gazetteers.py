"""Names that a person knows: told to those who look for them, kept with the study, part of its command."""

from __future__ import annotations

import shlex

import fathom
from fathom.protocol.command import command
from fathom.protocol.contenders import BASELINE, choose
from fathom.protocol.gazetteers import listed, unused
from fathom.protocol.request import Request

TASK = "named-entity-recognition"


def test_they_reach_those_who_take_them():
    chosen = choose(TASK, ["crf"])
    assert {each.name: each.parameters for each in listed(chosen, ["city.txt"])} == {
        BASELINE: {},
        "crf": {"gazetteers": ["city.txt"]},
    }
    assert unused(chosen) == []
    (note,) = unused(choose(TASK, [BASELINE]))
    assert "crf" in note.remedy


def test_the_command_says_them():
    settings = Request("a.csv", "y", gazetteers={"city": "my cities.txt", "who": ["Ada"]}).settings("a.csv", [])
    assert settings["gazetteers"] == {"city": "my cities.txt", "who": "FILE"}
    assert shlex.join(command(settings)).endswith("--gazetteer 'city=my cities.txt' --gazetteer who=FILE")


def test_a_study_carries_them(tmp_path):
    cities = tmp_path / "cities.txt"
    cities.write_text("Seoul\nUlsan\n", "utf-8")
    rows = [(f"{who} is in {city}", len(who) + 7, city) for who in ("Ada", "Ben", "Cem") for city in "ABCDEFGH"]
    data = {
        "text": [text for text, _, _ in rows],
        "entities": [f'[[{start}, {start + len(city)}, "city"]]' for _, start, city in rows],
    }
    study = fathom.compare(
        data,
        "entities",
        learners=["crf"],
        minutes=0.5,
        curves=False,
        gazetteers={"town": cities, "letter": list("ABC")},
        store=tmp_path / "store",
    )
    trial = study.trial("crf")
    assert trial.done, trial.message
    assert study.command[-4:] == ["--gazetteer", f"town={cities}", "--gazetteer", "letter=FILE"]
    learner = study.load_model("crf").learner
    assert learner.known_.names == {"town": frozenset({"seoul", "ulsan"}), "letter": frozenset("abc")}
