"""How long from `make run` to the first page, on an empty folder and again, and what memory does it take?

The environment and the assets are there already, as after `make install`. The reference is the same embedded PostgreSQL
and the same gunicorn with the smallest Flask page, started the same way.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.process_tree import ProcessTree, free_ports

OURS = [sys.executable, "-m", "foundation.supervisor"]
REFERENCE = [sys.executable, "-m", "benchmarks.smallest_service"]
SECOND_STARTS = 5
# The processes after the web server are ready a little later; their memory counts too.
SETTLED_AFTER_S = 3.0


def main() -> None:
    rounds = 1 if os.environ.get("QUICK") else SECOND_STARTS
    with (
        tempfile.TemporaryDirectory(prefix="center-") as ours,
        tempfile.TemporaryDirectory(prefix="center-") as other,
    ):
        first_s, peak_mb = start(OURS, Path(ours), weighed=True)
        reference_first_s, reference_peak_mb = start(REFERENCE, Path(other), weighed=True)
        seconds, reference_seconds = [], []
        for _ in range(rounds):
            seconds.append(start(OURS, Path(ours))[0])
            reference_seconds.append(start(REFERENCE, Path(other))[0])
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
                "n": rounds,
                "detail": {
                    "first_s": round(first_s, 2),
                    "second_s": round(second_s, 2),
                    "peak_mb": round(peak_mb),
                    "reference_first_s": round(reference_first_s, 2),
                    "reference_peak_mb": round(reference_peak_mb),
                },
            }
        )
    )


def start(words: list[str], data_dir: Path, *, weighed: bool = False) -> tuple[float, float]:
    """Seconds to the first page, and the peak memory in MB where it is weighed.

    Weighing costs time of its own, so the seconds of a weighed start are not quoted for the second start.
    """
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
