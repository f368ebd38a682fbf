"""The energy counter of a graphics processor, asked of the library that comes with NVIDIA's driver."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

from fathom import catalog

LIBRARY = "libnvidia-ml.so.1"


def joules(library: Any = None, uuid: str | None = None) -> float | None:
    """Joules that the graphics processor in use has taken since its driver was loaded; None where it does not say.

    NVML's nvmlDeviceGetTotalEnergyConsumption counts millijoules on Volta and later. `uuid` names the processor
    (None: the one that torch uses), because NVML and CUDA may number them differently.
    """
    try:
        library = _library() if library is None else library
        name = f"GPU-{uuid or _in_use()}".encode()
        handle, millijoules = ctypes.c_void_p(), ctypes.c_ulonglong()
        failed = (
            library.nvmlDeviceGetHandleByUUID(ctypes.c_char_p(name), ctypes.byref(handle))
            or library.nvmlDeviceGetTotalEnergyConsumption(handle, ctypes.byref(millijoules))
        )  # fmt: skip
    except (OSError, ImportError, AttributeError, RuntimeError, AssertionError):  # no driver, an old one, no CUDA
        return None
    return None if failed else millijoules.value / 1_000


@cache
def _library() -> Any:
    """The driver's library, ready to be asked; an OSError where there is none."""
    library = ctypes.CDLL(LIBRARY)
    if library.nvmlInit_v2():
        raise OSError("NVML cannot be used")
    return library


def _in_use() -> str:
    properties = catalog.load("torch.cuda:get_device_properties")(catalog.load("torch.cuda:current_device")())
    return str(properties.uuid)
