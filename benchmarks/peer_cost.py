"""Run a command and write what it cost, with all processes it starts, those that outlive it too: Linux only.

Usage: peer_cost.py OUTPUT COMMAND…
"""

import ctypes
import json
import os
import subprocess
import sys
import time
from pathlib import Path

_SET_CHILD_SUBREAPER = 36
"""From linux/prctl.h: orphans become children of this process, so that their cost is counted."""


def main() -> None:
    output, *command = sys.argv[1:]
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1)
    began = time.perf_counter()
    process = subprocess.Popen(command)
    cost = {"seconds": 0.0, "cpu_seconds": 0.0, "peak_megabytes": 0.0}
    status = 0
    while True:
        try:
            pid, ended, usage = os.wait4(-1, 0)
        except ChildProcessError:
            break
        cost["cpu_seconds"] += usage.ru_utime + usage.ru_stime
        cost["peak_megabytes"] = max(cost["peak_megabytes"], usage.ru_maxrss / 1024)
        if pid == process.pid:
            cost["seconds"], status = time.perf_counter() - began, os.waitstatus_to_exitcode(ended)
    Path(output).write_text(json.dumps(cost))
    sys.exit(status)


if __name__ == "__main__":
    main()
