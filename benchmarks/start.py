"""How long from `make run` to the first page, on an empty folder and again, and what memory does it take?

Timed is what a person types after `make install`: `make run`, with its own look at whether everything is built. The reference
is the same embedded PostgreSQL and the same gunicorn with the smallest Flask page.
"""

import contextlib
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.process_tree import ProcessTree
from tests.ports import free_ports

OURS = ["make", "run"]
REFERENCE = [sys.executable, "-m", "benchmarks.smallest_service"]
FIRST_STARTS, SECOND_STARTS = 3, 5
# The processes after the web server are ready a little later; their memory counts too.
SETTLED_AFTER_S = 3.0


def main() -> None:
    quick = bool(os.environ.get("QUICK"))
    firsts, reference_firsts = [], []
    with contextlib.ExitStack() as folders:
        for _ in range(1 if quick else FIRST_STARTS):
            ours, other = (
                folders.enter_context(tempfile.TemporaryDirectory(prefix="center-")) for _ in range(2)
            )
            firsts.append(start(OURS, Path(ours))[0])
            reference_firsts.append(start(REFERENCE, Path(other))[0])
        # Weighing takes a part of a core, so a start is either timed or weighed.
        with tempfile.TemporaryDirectory(prefix="center-") as weighed_folder:
            _, peak_mb = start(OURS, Path(weighed_folder), weighed=True)
        with tempfile.TemporaryDirectory(prefix="center-") as weighed_folder:
            _, reference_peak_mb = start(REFERENCE, Path(weighed_folder), weighed=True)
        seconds, reference_seconds = [], []
        for _ in range(1 if quick else SECOND_STARTS):
            seconds.append(start(OURS, Path(ours))[0])
            reference_seconds.append(start(REFERENCE, Path(other))[0])
    first_x = statistics.median(ours / other for ours, other in zip(firsts, reference_firsts, strict=True))
    second_s, reference_s = statistics.median(seconds), statistics.median(reference_seconds)
    print(
        json.dumps(
            {
                "bench": "start",
                "ours": round(second_s, 2),
                "reference": round(reference_s, 2),
                "ratio": round(second_s / reference_s, 2),
                "unit": "s",
                "reference_is": "the same embedded PostgreSQL and gunicorn with the smallest Flask page, second start",
                "n": len(seconds),
                "detail": {
                    "first_x": round(first_x, 2),
                    "first_s": round(statistics.median(firsts), 2),
                    "first_n": len(firsts),
                    "second_s": round(second_s, 2),
                    "reference_first_s": round(statistics.median(reference_firsts), 2),
                    "reference_second_s": round(reference_s, 2),
                    "peak_mb": round(peak_mb),
                    "reference_peak_mb": round(reference_peak_mb),
                },
            }
        )
    )


def start(words: list[str], data_dir: Path, *, weighed: bool = False) -> tuple[float, float]:
    """Seconds to the first page, and the peak memory in MB where it is weighed."""
    tree = ProcessTree(words, port=free_ports(), data_dir=data_dir, weighed=weighed)
    try:
        seconds = tree.seconds_to_first_page()
        if weighed:
            time.sleep(SETTLED_AFTER_S)
        print(f"{words[-1]}: first page after {seconds:.2f} s", file=sys.stderr)
        return seconds, tree.peak_mb
    finally:
        tree.end()


if __name__ == "__main__":
    main()
