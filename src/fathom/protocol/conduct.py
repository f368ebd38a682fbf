"""Conducting a study, from a request to a verdict."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from fathom import catalog
from fathom.data import name_lists
from fathom.data.finding import Finding
from fathom.errors import StoreError
from fathom.messages import again, phrase
from fathom.model import OWN as OWN_PATHS
from fathom.protocol import conclusion, hardware, seen
from fathom.protocol.contenders import BACKBONE, BASELINE, Contender, bring, choose, families, stocked
from fathom.protocol.gazetteers import listed, unused
from fathom.protocol.hosts import Host, family_host, own_host
from fathom.protocol.insight import learned
from fathom.protocol.opening import GAZETTEERS, STOCK, Opening
from fathom.protocol.prepare import prepare
from fathom.protocol.progress import Listener, Progress
from fathom.protocol.races import OWN, Race
from fathom.protocol.request import Request
from fathom.protocol.schedule import Schedule
from fathom.protocol.start import starting_point, suggested
from fathom.protocol.study import DONE, INTERRUPTED, Study, Trial
from fathom.store import Store

BEST_DEVICE = "fathom.deep.device:best"
LOCATED = "fathom.deep.hub:located"
FOUND = ("auto", "cpu")  # devices that every machine has
BOUND = phrase(
    "Its memory is not limited and not measured. A scikit-learn estimator from an importable module gets a process."
)
STOPPED = phrase("the study was stopped before it ended; the same command goes on with it")


def conduct(request: Request, store: Store, schedule: Schedule, progress: Listener, *, single: bool = False) -> Study:
    """The study that `request` asks for. `single`: the one learner that was asked for is kept, whoever wins."""
    request.check()
    brought = bring(request.learners)
    wanted = families(request.learners, request.backbone is not None)
    with ExitStack() as stack:
        hosts = _hosts(wanted, brought, stack)
        if "deep" in wanted and request.device not in FOUND:
            catalog.load(BEST_DEVICE)(request.device)  # what is not there is said before any work
        prepared = prepare(request, progress)
        named = None
        if request.backbone is not None:
            named = starting_point(str(request.backbone), store, prepared.task.name)
        contenders = choose(prepared.task.name, request.learners, brought, named)
        with suggested(store, prepared.task.name):
            contenders = _located(contenders)
        opening = Opening(store, request, prepared, contenders)
        with _disk_errors():
            study = stack.enter_context(opening.study())
            if prepared.stock is not None:
                contenders = stocked(contenders, str(study.folder / STOCK))
            for backbone in sorted(
                {str(each.parameters[BACKBONE]) for each in contenders if BACKBONE in each.parameters}
            ):
                study.findings = [*study.findings, *seen.findings(Path(backbone), opening)]
            if prepared.gazetteers:
                study.findings = [*study.findings, *unused(contenders)]
                contenders = listed(contenders, name_lists.write(prepared.gazetteers, study.folder / GAZETTEERS))
            score = conclusion.scorer(study, prepared.measure)
            race = Race(
                study, schedule, hosts, progress, score, opening.card(), request.device, sampling=request.curves
            )
            study.findings = [*study.findings, *_bound(race, contenders)]
            _run(race, contenders)
            _conclude(race, contenders, opening, _asked_for(contenders) if single else None)
    _hand_over(study, brought)
    progress(Progress("done"))
    return study


def _located(contenders: list[Contender]) -> list[Contender]:
    """The contenders, with the folder of the trained network that they start from.

    Its files are fetched now: after it is known who can learn the task, before any trial's time runs.
    """
    return [
        replace(each, parameters={**each.parameters, BACKBONE: catalog.load(LOCATED)(each.parameters[BACKBONE])})
        if BACKBONE in each.parameters and each.maker == "catalog"
        else each
        for each in contenders
    ]


def _asked_for(contenders: list[Contender]) -> str:
    """The one contender beside the baseline; the baseline where it alone was asked for."""
    others = [each.name for each in contenders if each.name != BASELINE]
    return others[0] if others else BASELINE


def _run(race: Race, contenders: list[Contender]) -> None:
    """Run the trials, keeping the study's record after each; Ctrl-C ends them and keeps what is done."""
    study = race.study
    try:
        for trial in race.run(contenders):
            study.trials.append(trial)
            study.save()
        study.status = DONE
    except KeyboardInterrupt:
        study.status = INTERRUPTED
        race.close()
        ended = {trial.learner for trial in study.trials}
        for each in contenders:
            if each.name not in ended:
                study.trials.append(Trial(each.name, each.family, INTERRUPTED, STOPPED, folder=race.folder(each)))


def _bound(race: Race, contenders: list[Contender]) -> Iterator[Finding]:
    """A note for each contender that gets no process of its own."""
    for each in contenders:
        if race.host(each) is None and not each.missing:
            yield Finding(
                "note",
                phrase("'{name}' cannot run in a process of its own: {bound}.", name=each.name, bound=each.bound),
                remedy=again(BOUND),
            )


def _conclude(race: Race, contenders: list[Contender], opening: Opening, only: str | None) -> None:
    study = race.study
    race.progress(Progress("score"))
    conclusion.judge(study, race.schedule, study.settings["margin"], race.standing.samples)
    if study.status == DONE:
        parcel = next((each.parcel for each in contenders if each.name == study.verdict.learner), None)
        conclusion.explain(study, race.schedule, race.hosts.get(study.verdict.family or ""), race.progress, parcel)
        learned.look(study, race.schedule, race.hosts.get("deep"), race.progress)
    learner = only or study.verdict.learner
    start = next((each.parameters.get(BACKBONE) for each in contenders if each.name == learner), None)
    remember = seen.remembered(opening.prepared, learner, start)
    conclusion.keep(study, opening.store, opening.label, learner, remember)
    study.seconds += time.monotonic() - race.schedule.started
    study.save()
    if study.status == DONE:
        conclusion.tidy(study)


def _hosts(wanted: dict[str, list[str]], brought: list[Contender], stack: ExitStack) -> dict[str, Host | None]:
    """The host of each family, loading its libraries while the data is read, and one for own objects."""
    hosts: dict[str, Host | None] = {}
    own = {each.name: each.learner for each in brought if each.learner is not None and each.parcel is None}
    if own:
        hosts[OWN] = own_host(own)  # first, before this process uses threads
    for family, names in wanted.items():
        if family == "classical" and any(each.parcel for each in brought):
            names.append(OWN_PATHS["estimator"])
        hosts[family] = family_host(family, hardware.threads(), names)
    for host in hosts.values():
        if host is not None:
            stack.callback(host.close)
    return hosts


def _hand_over(study: Study, brought: list[Contender]) -> None:
    """Let the study load a person's own objects again in this process, which was given them."""
    for each in brought:
        if each.maker == "module":
            study.own[each.name] = {"module": getattr(each.learner, "module", None)}
        elif each.parcel is not None:
            study.own[each.name] = {"trusted": each.parcel.types}


@contextmanager
def _disk_errors() -> Iterator[None]:
    """A disk that is full or may not be written is a person's to mend."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            phrase("The study could not be written: {strerror}.", strerror=error.strerror or error),
            where=str(error.filename or ""),
            remedy=phrase(
                "Free some space, or choose another store with $FATHOM_STORE; the same command goes on with it."
            ),
        ) from error
