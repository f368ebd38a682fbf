import subprocess
import sys

from fathom.locks import locked

HOLD = """
import sys, time
from pathlib import Path
from fathom.locks import locked
with locked(Path(sys.argv[1])) as got:
    print(got, flush=True)
    time.sleep(60)
"""


def test_a_lock_ends_with_its_process(tmp_path):
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path / "lock")], stdout=-1, text=True)
    assert holder.stdout.readline() == "True\n"
    with locked(tmp_path / "lock", wait=False) as got:
        assert not got
    holder.kill()
    holder.wait()
    holder.stdout.close()
    with locked(tmp_path / "lock", wait=False) as got:
        assert got
