"""What `fathom doctor` looks at. Versions come from the installed metadata; only torch is imported, for its device."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import psutil

from fathom import catalog
from fathom.cli.stores import opened
from fathom.errors import FathomError
from fathom.messages import phrase

OLDEST, NEWEST = (3, 11), (3, 13)
LIBRARIES = ("numpy", "polars", "scikit-learn", "lightgbm", "skops", "fastapi", "uvicorn", "typer")
BREAK_TORCH = ("torchvision", "torchaudio")  # builds from the index that do not fit a CPU-only torch fail on import
LITTLE_DISK_GB = 2.0
LITTLE_MEMORY_GB = 2.0
GB = 1e9


@dataclass(frozen=True, slots=True)
class Line:
    """One thing looked at: "ok", "note" (works, could be better) or "sick" (will not work)."""

    state: Literal["ok", "note", "sick"]
    what: str
    found: str
    remedy: str = ""

    def to_json(self) -> dict[str, Any]:
        """The line as plain JSON data."""
        return asdict(self)


def examine(store: str | None) -> list[Line]:
    """Everything that was looked at, in the order to read it."""
    return [_python(), *_libraries(), *_extras(), *_deep(), *_machine(), *_store(store), *_traps()]


def _python() -> Line:
    version = platform.python_version()
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return Line("ok", "python", f"{version}, {sys.executable}")
    return Line("sick", "python", version, phrase("Use Python 3.11, 3.12 or 3.13."))


def _libraries() -> Iterator[Line]:
    for name in LIBRARIES:
        version = _version(name)
        if version:
            yield Line("ok", name, version)
        else:
            yield Line("sick", name, phrase("not installed"), "pip install --force-reinstall fathom-ml")


def _extras() -> Iterator[Line]:
    for extra in catalog.EXTRAS:
        if absent := catalog.missing(extra):
            without = phrase("without {names}", names=", ".join(absent))
            yield Line("note", f"[{extra}]", without, f"pip install 'fathom-ml[{extra}]'")
        else:
            yield Line("ok", f"[{extra}]", phrase("installed"))


def _deep() -> Iterator[Line]:
    if catalog.missing("deep"):
        return
    try:
        import torch
    except Exception as error:  # a broken build may raise anything
        what = phrase("cannot be imported: {error}", error=error)
        yield Line("sick", "torch", what, "pip install --force-reinstall 'fathom-ml[deep]'")
        return
    yield Line("ok", "torch", str(torch.__version__))
    if torch.cuda.is_available():
        yield Line("ok", "device", f"cuda: {torch.cuda.get_device_name(0)}")
    else:
        yield Line("ok", "device", phrase("cpu; no CUDA device is seen"))
    threads = torch.get_num_threads()
    yield Line("ok", "threads", phrase("{threads} of {cores} cores", threads=threads, cores=os.cpu_count()))
    there = phrase("in this processor") if _bf16_in_processor() else phrase("not in this processor; 32 bits are used")
    yield Line("ok", "bf16", there)


def _bf16_in_processor() -> bool:
    """Whether the processor multiplies bf16 itself; without the instructions it is slower than 32 bits."""
    try:
        flags = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags or " bf16" in flags


def _machine() -> Iterator[Line]:
    free = psutil.virtual_memory().available / GB
    what = phrase("{free:.1f} GB free", free=free)
    if free >= LITTLE_MEMORY_GB:
        yield Line("ok", "memory", what)
    else:
        yield Line("note", "memory", what, phrase("Close other programs before a comparison."))


def _store(store: str | None) -> Iterator[Line]:
    folder: str = phrase("the store")
    try:
        kept = opened(store)
        folder = str(kept.root)
        models, studies = kept.models(), kept.studies()
        _try_writing(kept.root)
        what = phrase(
            "{folder}: {models} models, {studies} studies", folder=folder, models=len(models), studies=len(studies)
        )
        yield Line("ok", "store", what)
    except (FathomError, OSError) as error:
        what = error.what if isinstance(error, FathomError) else str(error)
        yield Line("sick", "store", f"{folder}: {what}", phrase("Set FATHOM_STORE to a folder that you may write to."))
        return
    free = shutil.disk_usage(_standing(kept.root)).free / GB
    if free >= LITTLE_DISK_GB:
        yield Line("ok", "disk", phrase("{free:.0f} GB free at the store", free=free))
    else:
        what = phrase("{free:.1f} GB free at the store", free=free)
        yield Line("note", "disk", what, phrase("Free some space, or move FATHOM_STORE."))


def _try_writing(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(phrase("a file stands there"))
    with tempfile.NamedTemporaryFile(dir=_standing(folder), prefix=".fathom-doctor-") as file:
        file.write(b"1")
        file.flush()


def _standing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    return next(each for each in (folder.absolute(), *folder.absolute().parents) if each.is_dir())


def _traps() -> Iterator[Line]:
    if not catalog.missing("deep"):
        for name in BREAK_TORCH:
            if _version(name):
                remedy = phrase("pip uninstall {name}, unless its build fits torch's", name=name)
                yield Line("note", name, phrase("installed beside torch"), remedy)
    spin = os.environ.get("OMP_WAIT_POLICY", "").lower() == "active"
    if spin:
        remedy = phrase("Unset it: threads that spin starve trials side by side.")
        yield Line("note", "OMP_WAIT_POLICY", "active", remedy)
    if os.environ.get("PYTHONDONTWRITEBYTECODE"):
        remedy = phrase("python -m compileall -q on site-packages, once")
        yield Line("note", phrase("byte code"), phrase("not kept (PYTHONDONTWRITEBYTECODE)"), remedy)


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
