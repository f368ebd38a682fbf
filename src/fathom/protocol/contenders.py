"""Who competes: learners of the catalog by name, and a person's own estimators and modules."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from fathom import catalog
from fathom.errors import FathomError, StoreError
from fathom.learner import Learner
from fathom.messages import listed, phrase
from fathom.model import OWN
from fathom.names import name_from

if TYPE_CHECKING:
    from fathom.classical.parcel import Parcel

BASELINE = "baseline"
BACKBONE = "backbone"  # the parameter of who starts from a trained network
PACK = "fathom.classical.parcel:pack"
IN_MEMORY = phrase("its code is nowhere but in the calling process")
PLACE = re.compile(r"(?<=<function )(\w+) at 0x[0-9a-f]+")  # where a function is in memory, which says nothing of it
Learners = str | Sequence[Any] | None  # names, own objects, or both


@dataclass(frozen=True)
class Contender:
    """One learner to be tried.

    `maker` says how it is made again: "catalog" by its name, "estimator" or "module" out of a person's own object.
    `learner` is that object as a learner (None: made from the catalog). It travels to its family's host as `parcel`;
    without one it is bound to the calling process, and `bound` says why. `missing`: what to install first, in words.
    """

    name: str
    family: str
    maker: str = "catalog"
    parameters: dict[str, Any] = field(default_factory=dict)
    learner: Learner | None = None
    parcel: Parcel | None = None
    bound: str = ""
    missing: str = ""


def choose(
    task: str, learners: Learners = None, brought: Sequence[Contender] = (), backbone: str | None = None
) -> list[Contender]:
    """The contenders of a study, the cheap ones of each family first, as the catalog has them.

    `learners` names some; `brought` are the own objects among them. The baseline always competes, because what
    cannot beat it has learned nothing. Who can start from a trained network competes where a `backbone` is named.

    >>> [each.name for each in choose("tabular-regression", ["ridge"])]
    ['baseline', 'ridge']
    """
    for name in sorted(_named(learners)):
        _check_fits(name, task)
    starting = _starting(task, backbone)
    if learners is None:
        rows = catalog.learners_for(task)
        return [_from_row(row, backbone) for row in rows if row.contender or row.name in starting]
    wanted = _listed(learners)
    if not wanted:
        raise FathomError(
            phrase("No learner was named."), remedy=phrase("Leave the option out to try all that fit the task.")
        )
    names = {BASELINE, *_named(wanted), *starting}
    rows = catalog.learners_for(task, sorted(names))
    return [*(_from_row(row, backbone) for row in rows if row.name in names), *brought]


def stocked(contenders: Sequence[Contender], path: str) -> list[Contender]:
    """The contenders, those that can learn from texts without labels first told where there are some.

    >>> stocked(choose("text-classification", ["recurrent"]), "texts.parquet")[-1].parameters
    {'pretrain': 'texts.parquet'}
    """
    able = {row.name for row in catalog.LEARNERS if "pretrain" in row.takes}
    if not able & {each.name for each in contenders}:
        raise FathomError(
            phrase("None of the contenders can learn from texts without labels first."),
            remedy=phrase("These can: {names}.", names=", ".join(sorted(able))),
        )
    return [
        replace(each, parameters={**each.parameters, "pretrain": path})
        if each.name in able and each.maker == "catalog"
        else each
        for each in contenders
    ]


def _starting(task: str, backbone: str | None) -> set[str]:
    """The learners that start from a trained network, where one is named."""
    if backbone is None:
        return set()
    able = {row.name for row in catalog.learners_for(task) if BACKBONE in row.takes}
    if not able:
        raise FathomError(
            phrase("No learner of {task} can start from a trained network.", task=task),
            remedy=phrase("Leave --from out."),
        )
    return able


def bring(learners: Learners) -> list[Contender]:
    """The own objects in `learners` as contenders, no two of one name."""
    taken = {row.name for row in catalog.LEARNERS} | _named(learners)
    result = []
    for thing in _listed(learners):
        if isinstance(thing, str):
            continue
        contender = _own(thing)
        name, count = contender.name, 1
        while name.casefold() in taken:
            count += 1
            name = f"{contender.name}-{count}"
        taken.add(name.casefold())
        result.append(replace(contender, name=name))
    return result


def families(learners: Learners, backbone: bool = False) -> dict[str, list[str]]:
    """The learners of the catalog that may be wanted, by family, before the task is known; none named: all.

    With a `backbone` those that start from one are wanted too, and so named: their libraries take seconds to import.

    >>> families(["ridge"])
    {'classical': ['baseline', 'ridge']}
    """
    starting = {row.name for row in catalog.LEARNERS if backbone and BACKBONE in row.takes}
    names = {BASELINE, *_named(learners), *starting}
    found: dict[str, list[str]] = {}
    for row in catalog.learners(sorted(names)):
        competes = row.name in names or (learners is None and row.contender)
        if competes and not (row.extra and catalog.missing(row.extra)):
            found.setdefault(row.family, []).extend([row.name] if learners is not None or starting else [])
    return found


def _listed(learners: Learners) -> list[Any]:
    if learners is None:
        return []
    return list(learners) if isinstance(learners, list | tuple) else [learners]


def _named(learners: Learners) -> set[str]:
    return {each for each in _listed(learners) if isinstance(each, str)}


def _check_fits(name: str, task: str) -> None:
    """Raise a FathomError that names those that can where the catalog's learner cannot learn the task."""
    row = catalog.learner(name)
    fitting = catalog.learners_for(task, [name])
    if row not in fitting:
        names = ", ".join(each.name for each in fitting)
        raise FathomError(
            phrase("'{name}' cannot learn {task}.", name=name, task=task),
            remedy=phrase("These can: {names}.", names=names),
        )


def _from_row(row: catalog.LearnerRow, backbone: str | None = None) -> Contender:
    absent = catalog.missing(row.extra) if row.extra else ()
    takes = BACKBONE in row.takes
    if takes and backbone is None:
        raise FathomError(
            phrase("'{name}' starts from a trained network, and none is named.", name=row.name),
            remedy=phrase("Name one by its folder or its name on the hub: --from NAME_OR_FOLDER"),
        )
    if not absent:
        return Contender(row.name, row.family, parameters={BACKBONE: backbone} if takes else {})
    missing = phrase("needs {names}: pip install 'fathom-ml[{extra}]'", names=listed(absent), extra=row.extra)
    return Contender(row.name, row.family, missing=missing)


def _own(thing: Any) -> Contender:
    """A person's own object as a contender: a learner, a torch module or a scikit-learn estimator."""
    name = name_from(type(thing).__name__)
    parameters = {"own": _description(thing)}
    if _is_module(thing):
        return Contender(name, "deep", "module", parameters, catalog.load(OWN["module"])(thing), bound=IN_MEMORY)
    if isinstance(thing, Learner):
        return Contender(name, _family(thing), "own", parameters, thing, bound=IN_MEMORY)
    if hasattr(thing, "fit") and hasattr(thing, "predict") and hasattr(thing, "get_params"):
        parcel, bound = _packed(thing)
        learner = catalog.load(OWN["estimator"])(thing)
        return Contender(name, "classical", "estimator", parameters, learner, parcel, bound)
    raise FathomError(
        phrase("A {name} is no learner.", name=type(thing).__name__),
        remedy=phrase("Give a name of the catalog, a scikit-learn estimator, a torch.nn.Module or a fathom learner."),
    )


def _packed(estimator: Any) -> tuple[Parcel | None, str]:
    try:
        return catalog.load(PACK)(estimator), ""
    except StoreError as error:
        return None, error.what


def _is_module(thing: Any) -> bool:
    """Whether this is a torch module; asks torch only where the person has imported it already."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(thing, torch.nn.Module)


def _family(learner: Learner) -> str:
    for row in catalog.LEARNERS:
        if row.path.endswith(f":{type(learner).__name__}"):
            return row.family
    return "deep" if learner.features() is None else "classical"


def _description(thing: Any) -> str:
    """What it is, the same in every process; a lambda keeps its place in memory, for no two are the same."""
    return " ".join(PLACE.sub(r"\1", repr(thing)).split())[:2_000]
