"""fathom serve: says where it is, answers, and Ctrl-C ends it without complaint."""

import json
import os
import signal
import subprocess
import sys
import urllib.request


def test_it_serves_until_ctrl_c(store):
    command = [sys.executable, "-m", "fathom", "serve", "bought", "--port", "0", "--json", "--store", str(store)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        for line in child.stderr:
            if "Ctrl-C" in line:
                break
        told = json.loads(_object(child.stdout))
        row = {"row": {"age": 40, "spent": 90.5, "city": "Busan"}}
        request = urllib.request.Request(
            f"http://127.0.0.1:{told['port']}/predict",
            json.dumps(row).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert b"tea" in answer.read()
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=30)
    assert child.returncode == 0, err
    assert "Traceback" not in err
    assert told["model"] == "bought"


def _object(stream):
    text = ""
    while not text.endswith("}\n"):
        text += stream.readline()
    return text
