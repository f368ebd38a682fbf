"""Persons in stored models: enrolled as a new version, forgotten in every version."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from fathom.data import given
from fathom.messages import phrase, plural
from fathom.model import Model
from fathom.store import Store

FEW = 3  # pictures; fewer say little of how somebody looks


def enrolled(store: Store, name: str, person: str, pictures: Sequence[str]) -> tuple[dict[str, Any], str]:
    """What is told, as data and as text, once a person is known to a new version of the model."""
    before = store.load_model(name)
    found = given.pictures(pictures)
    distinct = given.distinct(found)
    model = before.enrol(person, distinct)
    count = int(model.learner.gallery_.counts[model.problem.persons.index(person.strip())])  # type: ignore[attr-defined]
    notices = [*_repeated(len(found), len(distinct)), *_notices(model, count)]
    version, path = store.save_model(model, _plain(name, before))
    told = {
        "model": _plain(name, before),
        "version": version,
        "path": str(path),
        "person": person.strip(),
        "pictures": count,
        "persons": len(model.problem.persons),
        "notices": notices,
    }
    text = phrase(
        "{person} is known by {pictures} pictures, one of {persons:,} persons: {model}@{version}",
        **{key: told[key] for key in ("person", "pictures", "persons", "model", "version")},
    )
    return told, "\n".join([text, *notices])


def _repeated(given: int, distinct: int) -> list[str]:
    if given == distinct:
        return []
    return [
        phrase(
            "note: {count:,} of the {given:,} pictures were left out: they are equal to another one.",
            count=given - distinct,
            given=given,
        )
    ]


def _notices(model: Model, count: int) -> list[str]:
    """What whoever enrols somebody should know."""
    notices = []
    if count < FEW:
        notices.append(phrase("note: so few pictures say little of how somebody looks; give three or more."))
    notices += [phrase("note: {what}", what=each) for each in model.notices]
    gallery = model.learner.gallery_  # type: ignore[attr-defined]
    tested = model.card["persons"]["tested"]
    if len(gallery.persons) > tested:
        far = 1 - (1 - model.problem.far) ** (len(gallery.persons) / tested)
        notices.append(
            phrase(
                "note: tested with {tested:,} persons; with {known:,} up to about {far:.2%} of strangers are "
                "taken for somebody instead of {promised:.2%}.",
                tested=tested,
                known=len(gallery.persons),
                far=far,
                promised=model.problem.far,
            )
        )
        if strangers := int(model.calibration.get("strangers", 0)):
            notices.append(
                phrase(
                    "note: that was not measured: it follows from the threshold, which {strangers:,} pictures of "
                    "strangers chose.",
                    strangers=strangers,
                )
            )
    return notices


def unfaced(rows: Sequence[int]) -> str:
    """A note of the rows, from 1, with a picture on which no face was found."""
    return plural(
        len(rows),
        "note: no face was found on {count:,} picture, which is told as nobody known (row {row:,}).",
        "note: no face was found on {count:,} pictures, which are told as nobody known (first: row {row:,}).",
        row=rows[0],
    )


def forgotten(store: Store, name: str, person: str) -> tuple[dict[str, Any], str]:
    """What is told once no version of the model in the store knows a person any more."""
    latest = store.load_model(name)
    label = _plain(name, latest)
    changed: list[int] = []
    latest.forget(person)  # who is not known is said before anything is written
    for each in store.models():
        if each["name"] != label or each.get("trouble"):
            continue
        model = Model.load(each["path"])
        if person in model.problem.persons:
            model.forget(person).save(each["path"])
            changed.append(each["version"])
    studies = _studies_with(store, person)
    versions = ", ".join(map(str, changed))
    lines = [
        phrase("{person} is forgotten by {model}, versions {versions}.", person=person, model=label, versions=versions)
    ]
    lines.append(
        phrase(
            "note: a network keeps what it learned from the person's pictures; only training without them undoes it."
        )
        if latest.family == "deep"
        else phrase(
            "note: the axes along which faces are compared were learned from all training pictures, the person's too "
            "if there were any; only training without them undoes it."
        )
    )
    if studies:
        listed = ", ".join(studies)
        lines.append(
            phrase("note: these studies may hold pictures of the person; delete their folders: {listed}", listed=listed)
        )
    told = {"model": label, "person": person, "versions": changed, "studies": studies}
    return told, "\n".join(lines)


def _studies_with(store: Store, person: str) -> list[str]:
    """The folders of the studies whose record names the person."""
    found = []
    for each in store.studies():
        try:
            with open(f"{each['path']}/study.json", encoding="utf-8") as file:  # noqa: PTH123
                persons = json.load(file)["problem"].get("persons", ())
        except (OSError, ValueError, KeyError):
            continue
        if person in persons:
            found.append(str(each["path"]))
    return found


def _plain(name: str, model: Model) -> str:
    """The name in the store, without a version; of a folder the name that the model was stored under."""
    plain = name.partition("@")[0]
    return plain if "/" not in plain else str(model.card.get("stored", {}).get("name") or model.name)
