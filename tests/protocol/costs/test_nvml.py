import ctypes

import pytest

from fathom.protocol.costs.nvml import joules

KNOWN = b"GPU-9dd4cf6b-0000"


class Driver:
    """The two calls of NVIDIA's library, as they leave their answers behind pointers."""

    def __init__(self, handle_code=0, energy_code=0):
        self.codes = handle_code, energy_code

    def nvmlDeviceGetHandleByUUID(self, name, handle):
        if name.value != KNOWN:
            return 6  # not found
        handle._obj.value = 4711
        return self.codes[0]

    def nvmlDeviceGetTotalEnergyConsumption(self, handle, millijoules):
        assert isinstance(handle, ctypes.c_void_p)
        assert handle.value == 4711
        millijoules._obj.value = 2**33 + 500  # more than 32 bits hold
        return self.codes[1]


def test_the_counter_is_told_in_joules():
    assert joules(Driver(), "9dd4cf6b-0000") == pytest.approx((2**33 + 500) / 1000)


@pytest.mark.parametrize("driver", [Driver(handle_code=6), Driver(energy_code=3), object()])
def test_a_driver_that_cannot_tell(driver):
    assert joules(driver, "9dd4cf6b-0000") is None


def test_another_processor_is_not_asked():
    assert joules(Driver(), "other") is None


def test_without_a_driver_or_cuda_there_is_nothing():
    torch = pytest.importorskip("torch")
    if torch.cuda.is_available():
        pytest.skip("a CUDA device is here")
    assert joules() is None
    assert joules(Driver()) is None  # torch names no processor
