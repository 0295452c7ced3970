"""A child in the place of the one that decodes: it dies as a decoder does over some frames, and finds the others good.

Started as `python -m tests.archive_gateway.rendering.child_that_dies`.
"""

import os
import signal
import sys

import orjson

for line in sys.stdin.buffer:
    frame = sys.stdin.buffer.read(orjson.loads(line)["frame_length"])
    if frame == b"breaks down":
        os.abort()
    if frame == b"is killed":
        os.kill(os.getpid(), signal.SIGKILL)
    sys.stdout.buffer.write(orjson.dumps({"verdict": "good", "length": 0}) + b"\n")
    sys.stdout.buffer.flush()
