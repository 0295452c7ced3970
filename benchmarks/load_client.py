"""Asks a server for pages as fast as it gives them: wrk where it is installed, else threads of our own."""

import http.client
import json
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# wrk's own scripting: go round the requests, and end with one line of JSON.
SCRIPT = """
local requests, at = {%s}, 0
function request()
  at = at %% #requests + 1
  return wrk.format("GET", requests[at][1], {["Cookie"] = requests[at][2]})
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('\\n{"requests": %%d, "us": %%d, "faults": %%d, "p50": %%f, "p95": %%f}\\n', summary.requests,
    summary.duration, e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(95)))
end
"""


@dataclass(frozen=True)
class Request:
    path: str
    cookie: str = ""


@dataclass(frozen=True)
class Load:
    """What came of it; times in milliseconds."""

    per_second: float
    p50_ms: float
    p95_ms: float


def load(port: int, requests: Sequence[Request], *, connections: int, seconds: float) -> Load:
    """Keep that many connections busy for that long.

    Raises:
        RuntimeError: the server answered anything but 200.
    """
    if shutil.which("wrk"):
        return _by_wrk(port, requests, connections, seconds)
    return _by_threads(port, requests, connections, seconds)


def _by_wrk(port: int, requests: Sequence[Request], connections: int, seconds: float) -> Load:
    said = ", ".join(f"{{{json.dumps(each.path)}, {json.dumps(each.cookie)}}}" for each in requests)
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "requests.lua"
        script.write_text(SCRIPT % said)
        words = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:.0f}s", "--timeout", "10s", "-s", str(script)]
        output = subprocess.run(
            [*words, f"http://127.0.0.1:{port}/"], check=True, capture_output=True, text=True
        ).stdout
    told = json.loads(output.strip().splitlines()[-1])
    if told["faults"]:
        raise RuntimeError(f"{told['faults']} of {told['requests']} answers were not pages")
    return Load(told["requests"] / told["us"] * 1e6, told["p50"] / 1000, told["p95"] / 1000)


def _by_threads(port: int, requests: Sequence[Request], connections: int, seconds: float) -> Load:
    times: list[float] = []
    faults: list[int] = []
    ends_at = time.perf_counter() + seconds

    def ask(first: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        at = first
        while (began := time.perf_counter()) < ends_at:
            each = requests[at % len(requests)]
            connection.request("GET", each.path, headers={"Cookie": each.cookie} if each.cookie else {})
            answer = connection.getresponse()
            answer.read()
            if answer.status != http.client.OK:
                faults.append(answer.status)
            times.append((time.perf_counter() - began) * 1000)
            at += connections

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise RuntimeError(f"{len(faults)} of {len(times)} answers were not pages")
    cuts = statistics.quantiles(times, n=20)
    return Load(len(times) / seconds, cuts[9], cuts[18])
