import errno
import os
import subprocess
import sys
import textwrap

import pytest

from fathom import folders
from fathom.errors import StoreError
from fathom.folders import add_folder, check_manifest, numbers, prune, whole_folder, write_json


def fill(folder, text="one"):
    (folder / "inner").mkdir()
    (folder / "inner" / "file.txt").write_text(text)


def test_an_error_leaves_what_stood_there(tmp_path):
    with whole_folder(tmp_path / "model") as folder:
        fill(folder)

    def half_write():
        with whole_folder(tmp_path / "model") as folder:
            fill(folder, "two")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_write()
    check_manifest(tmp_path / "model")
    assert (tmp_path / "model" / "inner" / "file.txt").read_text() == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_a_later_folder_replaces_an_earlier_one(tmp_path):
    for text in ("one", "two"):
        with whole_folder(tmp_path / "model") as folder:
            fill(folder, text)
    assert (tmp_path / "model" / "inner" / "file.txt").read_text() == "two"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


@pytest.mark.parametrize("harm", ["change", "remove", "add"])
def test_a_manifest_names_the_file_that_is_wrong(tmp_path, harm):
    with whole_folder(tmp_path / "model") as folder:
        fill(folder)
    file = tmp_path / "model" / "inner" / "file.txt"
    if harm == "change":
        file.write_text("two")
    elif harm == "remove":
        file.unlink()
    else:
        file = tmp_path / "model" / "inner" / "more.txt"
        file.write_text("x")
    with pytest.raises(StoreError, match=f"inner/{file.name}"):
        check_manifest(tmp_path / "model")


def test_prune_restores_what_stepped_aside_and_clears_what_was_left(tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "STALE_SECONDS", -1)
    monkeypatch.setattr(folders, "BETWEEN_RENAMES_SECONDS", -1)
    fill_names = [".model.0a1b2c3d.old", ".model.0a1b2c3d.part", ".other.0a1b2c3d.old", "other"]
    for name in fill_names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    prune(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model", "other"]
    assert (tmp_path / "model" / "file").read_text() == ".model.0a1b2c3d.old"
    assert (tmp_path / "other" / "file").read_text() == "other"


def test_prune_leaves_a_writer_at_work_alone(tmp_path):
    (tmp_path / ".model.0a1b2c3d.part").mkdir()
    prune(tmp_path)
    assert (tmp_path / ".model.0a1b2c3d.part").is_dir()


def test_numbered_folders_count_on_from_the_highest(tmp_path):
    (tmp_path / "7").mkdir()
    assert add_folder(tmp_path, fill).name == "8"
    assert numbers(tmp_path) == [7, 8]


FULL = """
    import resource, signal, sys
    from pathlib import Path
    from fathom.errors import StoreError
    from fathom.folders import whole_folder, write_json
    place = Path(sys.argv[1])
    with whole_folder(place / "model") as folder:
        (folder / "small").write_text("fits")
    write_json(place / "record.json", {"state": "first"})
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    for attempt in (lambda f: (f / "large").write_bytes(bytes(50_000)),):
        try:
            with whole_folder(place / "model") as folder:
                attempt(folder)
        except StoreError as error:
            print(error.remedy)
    try:
        write_json(place / "record.json", {"state": "x" * 50_000})
    except OSError as error:
        print(error.errno)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit")
def test_a_full_disk_leaves_the_previous_state_whole(tmp_path):
    command = [sys.executable, "-c", textwrap.dedent(FULL), str(tmp_path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert said[0].startswith("Nothing was changed")
    assert said[1] == str(errno.EFBIG)
    check_manifest(tmp_path / "model")
    assert (tmp_path / "model" / "small").read_text() == "fits"
    assert (tmp_path / "record.json").read_text().count("first") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model", "record.json"]


KILLED = """
    import sys
    from pathlib import Path
    from fathom.folders import add_folder, write_json
    place = Path(sys.argv[1])
    def fill(folder):
        for number in range(5):
            (folder / str(number)).write_bytes(bytes(10_000))
    print("ready", flush=True)
    while True:
        add_folder(place / "models", fill)
        write_json(place / "record.json", list(range(2_000)))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_kill_at_any_moment_leaves_nothing_unreadable(tmp_path):
    for round_ in range(int(os.environ.get("FATHOM_KILLS", "4"))):
        process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path)], stdout=-1)
        process.stdout.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.05 + 0.037 * round_)
        process.kill()
        process.wait()
        process.stdout.close()
        for number in numbers(tmp_path / "models"):
            check_manifest(tmp_path / "models" / str(number))
    assert len(numbers(tmp_path / "models")) >= 1
    write_json(tmp_path / "record.json", [])
