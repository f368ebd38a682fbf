"""Learners that make trouble, and programs that use them; run as a script in a process of its own.

python troubles.py compare CSV STORE MINUTES LEARNER...   prints the study as JSON
python troubles.py host FOLDER                            prints how jobs in a host of own learners ended
"""

import json
import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass
class Plain:
    """Answers the first class, always."""

    patience: float = 0.0

    def fit(self, problem, train, valid, run):
        self.classes_ = problem.classes

    def predict(self, dataset):
        from fathom.tasks.predictions import Labels

        rest = len(self.classes_) - 1
        return Labels(self.classes_, np.tile([0.9] + [0.1 / rest] * rest, (len(dataset), 1)))

    def save(self, folder):
        (folder / "classes.json").write_text(json.dumps(self.classes_))

    @classmethod
    def load(cls, folder):
        learner = cls()
        learner.classes_ = tuple(json.loads((folder / "classes.json").read_text()))
        return learner

    def features(self):
        return []


class Crashing(Plain):
    def fit(self, problem, train, valid, run):
        os.kill(os.getpid(), signal.SIGSEGV)


class Exiting(Plain):
    def fit(self, problem, train, valid, run):
        print("this goes to the log")
        os._exit(3)


class Failing(Plain):
    def fit(self, problem, train, valid, run):
        raise ValueError("the matrix is singular\nand more")


class Hungry(Plain):
    def fit(self, problem, train, valid, run):
        np.ones(10**14)


class Growing(Plain):
    def fit(self, problem, train, valid, run):
        self.taken = []
        while len(self.taken) < 60:
            self.taken.append(np.ones(5 * 2**20))  # 40 MB
            time.sleep(0.03)


class Sleeping(Plain):
    def fit(self, problem, train, valid, run):
        while True:
            time.sleep(1)


class Stepping(Plain):
    """Takes forty steps, remembers the last one in its checkpoint and all in a journal."""

    def fit(self, problem, train, valid, run):
        super().fit(problem, train, valid, run)
        memory, journal = run.folder / "step", run.folder.parent / "journal"
        first = int(memory.read_text()) if memory.exists() else 0
        for step in range(first, 40):
            time.sleep(0.05)
            with journal.open("a") as file:
                file.write(f"{step}\n")
            beside = memory.with_name("step.part")
            beside.write_text(str(step + 1))
            beside.replace(memory)
            run.progress(step / 40, "stepping")


def compare(path, store, minutes, *names):
    from fathom.protocol.compare import compare

    learners = [globals()[name]() if name in globals() else name for name in names]
    print("started", flush=True)
    study = compare(path, "kind", minutes=float(minutes), learners=learners, store=store)
    print(json.dumps({**study.to_json(), "messages": {each.learner: each.message for each in study.trials}}))


def host(folder):
    from fathom.protocol.host import Job
    from fathom.protocol.hosts import own_host

    names = ("Plain", "Crashing", "Exiting", "Failing", "Growing", "Sleeping")
    hosts = own_host({name: globals()[name]() for name in names})
    ended = {}
    for name in names:
        heard = []
        job = Job("trial", str(Path(folder) / name), 3.0 if name == "Sleeping" else 60.0, 600.0)
        ended[name] = {**hosts.run(job, lambda done, note, heard=heard: heard.append(done)), "heard": heard}
    hosts.close()
    print(json.dumps(ended))


if __name__ == "__main__":
    {"compare": compare, "host": host}[sys.argv[1]](*sys.argv[2:])
