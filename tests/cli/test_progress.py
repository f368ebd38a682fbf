"""Progress: plain lines elsewhere, a moving bar on a terminal; labels from files steer nothing."""

import io
import os
import pty
import subprocess
import sys

from rich.console import Console
from rich.progress import Progress

from fathom.cli import progress
from fathom.protocol.progress import Progress as News

NEWS = [
    News("read"),
    News("read", note="1 box was \x1b[2Jleft out."),
    News("train", "ridge", 0.1, "fitting"),
    News("train", "ridge", 0.6, "fitting"),
    News("train", "ridge", 1.0, status="done", score=0.51234),
    News("train", "crash", 0.5, "it \x1b[2Jbroke", status="failed"),
    News("train", "kept", 1.0, status="done", score=0.25, kept=True),
    News("train", "spent", 1.0, "too late", status="timed out", kept=True),
    News("score"),
    News("done"),
]


def test_plain_lines_say_each_thing_once(capsys):
    with progress.shown() as listener:
        for news in NEWS:
            listener(news)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == [
        "reading the data",
        "note: 1 box was  [2Jleft out.",
        "training the contenders",
        "ridge: done, 0.5123 on the test rows",
        "crash: failed (it  [2Jbroke)",
        "kept: kept from before, 0.25 on the test rows",
        "spent: timed out, kept from before (too late)",
        "scoring on the test rows",
    ]


def test_a_long_training_gives_signs_of_life(capsys, monkeypatch):
    monkeypatch.setattr(progress, "SILENCE", -1.0)
    lines = progress.Lines()
    for news in NEWS[:4]:
        lines.hear(news)
    assert capsys.readouterr().err.splitlines()[-1] == "ridge 60% fitting"


def test_the_bar_moves_and_leaves_a_line_for_each_contender():
    console = Console(file=io.StringIO(), force_terminal=True, width=80, no_color=True, highlight=False)
    with Progress(*progress.COLUMNS, console=console, transient=True) as bars:
        bar = progress.Bar(bars)
        for news in NEWS[:4]:
            bar.hear(news)
        assert bars.tasks[0].description == "ridge fitting"
        assert (bars.tasks[0].completed, bars.tasks[0].total) == (0.6, 1.0)
        for news in NEWS[4:]:
            bar.hear(news)
    told = console.file.getvalue()
    assert "ridge: done, 0.5123 on the test rows\n" in told
    assert "note: 1 box was" in told
    assert "\x1b[2J" not in told


def test_a_terminal_gets_the_bar_and_stdout_stays_clean(visits, tmp_path):
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "fathom", "compare", str(visits), "--predict", "bought", "--minutes", "0.3"]
    command += ["--learners", "logistic-regression", "--json", "--store", str(tmp_path)]
    environment = {**os.environ, "TERM": "xterm", "NO_COLOR": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=follower, env=environment)
    os.close(follower)
    shown = b""
    while chunk := _read(leader):
        shown += chunk
    os.close(leader)
    assert done.returncode == 0, shown
    assert done.stdout.startswith(b"{")
    assert b"\x1b[?25l" in shown  # the cursor is hidden while the bar moves
    assert b"\x1b[?25h" in shown
    assert b"logistic-regression: done" in shown
    assert b"\x1b[3" not in shown.replace(b"\x1b[?25", b"")  # no colours


def _read(leader):
    try:
        return os.read(leader, 65_536)
    except OSError:  # the other end is closed
        return b""
