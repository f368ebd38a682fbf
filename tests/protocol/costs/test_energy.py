import time

import pytest

from fathom.protocol.costs import energy
from fathom.protocol.costs.energy import Energy, Meter, counters

MOST = 262_143_328_850


@pytest.fixture
def powercap(tmp_path):
    """Linux's folder of counters on a machine with two packages."""
    zones = {
        "intel-rapl:0": ("package-0", 1_000_000),
        "intel-rapl:0:0": ("core", 5_000_000),
        "intel-rapl:0:1": ("dram", 2_000_000),
        "intel-rapl:1": ("package-1-die-0", MOST - 1_000_000),
        "intel-rapl:2": ("psys", 9_000_000),
        "intel-rapl-mmio:0": ("package-0", 1_000_000),
    }
    for folder, (name, count) in zones.items():
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "name").write_text(f"{name}\n")
        (tmp_path / folder / "energy_uj").write_text(f"{count}\n")
        (tmp_path / folder / "max_energy_range_uj").write_text(f"{MOST}\n")
    return tmp_path


def count(powercap, zone, value):
    beside = powercap / "beside"
    beside.write_text(f"{value}\n")
    beside.replace(powercap / zone / "energy_uj")  # a reader never finds it empty, as with the real one


def work(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_packages_and_memory_are_counted_once(powercap):
    assert [each.path.parent.name for each in counters(powercap)] == ["intel-rapl:0", "intel-rapl:0:1", "intel-rapl:1"]


def test_counters_are_read_and_may_run_over(powercap):
    with Meter(powercap=powercap) as meter:
        count(powercap, "intel-rapl:0", 1_000_000 + 3_600_000_000)
        count(powercap, "intel-rapl:0:0", 4_000_000_000_000)
        count(powercap, "intel-rapl:1", 1_000_000)  # it ran over
    assert meter.energy.source == "rapl"
    assert meter.energy.watt_hours == pytest.approx(1.0 + 2 / 3600)


def test_a_long_training_sees_every_time_a_counter_runs_over(powercap, monkeypatch):
    monkeypatch.setattr(energy, "WATCH_SECONDS", 0.01)
    with Meter(powercap=powercap) as meter:
        for _ in range(3):
            for value in (MOST // 2, MOST - 1, 1_000_000):
                count(powercap, "intel-rapl:0", value)
                time.sleep(0.1)
    assert meter.energy.watt_hours == pytest.approx(3 * MOST / 3.6e9, rel=1e-3)


def test_without_permission_it_is_an_estimate_and_called_one(powercap):
    (powercap / "intel-rapl:1" / "energy_uj").unlink()
    with Meter(powercap=powercap) as meter:
        work(0.2)
    assert meter.energy.source == "estimate"
    assert 0.2 * 12 / 3600 <= meter.energy.watt_hours < 0.3 * 12 / 3600


def test_a_counter_that_fails_midway_leaves_an_estimate_of_the_whole(powercap):
    with Meter(powercap=powercap) as meter:
        work(0.1)
        (powercap / "intel-rapl:0" / "energy_uj").unlink()
    assert meter.energy.source == "estimate"
    assert meter.energy.watt_hours >= 0.1 * 12 / 3600


def test_the_graphics_processor_comes_on_top(powercap, tmp_path):
    readings = iter([100.0, 100.0 + 7200.0])
    with Meter("cuda", powercap, lambda: next(readings)) as meter:
        count(powercap, "intel-rapl:0", 1_000_000 + 3_600_000_000)
    assert meter.energy.source == "rapl + nvml"
    assert meter.energy.watt_hours == pytest.approx(3.0)
    readings = iter([0.0, 3600.0])
    with Meter("cuda:0", tmp_path / "none", lambda: next(readings)) as meter:
        pass
    assert meter.energy.source == "estimate + nvml"
    assert meter.energy.watt_hours == pytest.approx(1.0, abs=0.01)


def test_a_graphics_processor_that_does_not_tell_is_not_guessed_at(tmp_path):
    with Meter("cuda", tmp_path, lambda: None) as meter:
        work(0.01)
    assert meter.energy == Energy(None, "")
    assert meter.energy.stretched(2.0) == Energy(None, "")


def test_what_was_not_seen_is_an_estimate():
    assert Energy(2.0, "rapl").stretched(1.0) == Energy(2.0, "rapl")
    assert Energy(2.0, "rapl + nvml").stretched(1.5) == Energy(3.0, "estimate")


def test_an_error_in_the_training_ends_the_watch(powercap):
    meter = Meter(powercap=powercap)
    with pytest.raises(ValueError, match="no"), meter:
        raise ValueError("no")
    assert not meter._watch.is_alive()
