"""Setting a PDF of a template and of what it prints. Nothing of typst is loaded here: a service that prints nothing pays nothing for it."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from foundation.errors import Busy
from foundation.language.marks import with_marks_shown, with_numbers_held

CHILD = Path(__file__).with_name("child.py")
SET_WITHIN_S = 20.0
# A sheet takes a tenth of a second of a core, and 150 MB; who comes when so many are being set waits a little: a moment, for whoever
# waits keeps a thread from everybody's pages.
MOST_AT_ONCE = 2
WAIT_FOR_TURN_S = 1.0
BEGINNING_OF_PDF = b"%PDF-"

_turns = BoundedSemaphore(MOST_AT_ONCE)


def set_pdf(template: Path, words: Mapping[str, Any], *, at: datetime) -> bytes:
    """The template as a PDF; the same words at the same moment are the same bytes, on every machine.

    Every text comes to the template as data, with characters that act on their neighbours shown as what they are. It can read
    what stands beside the template, and nothing else.

    Args:
        template: in the language of typst; it reads the words as JSON from sys.inputs.data.
        words: texts, numbers, lists and mappings.
        at: the moment that the file says it was made at.

    Raises:
        Busy: too many are being set, or it took too long.
    """
    asked = json.dumps(
        {"template": str(template), "at": int(at.timestamp()), "data": json.dumps(_shown(words))}
    )
    if not _turns.acquire(timeout=WAIT_FOR_TURN_S):
        raise Busy("The service is very busy. Please try again in a moment.")
    try:
        # None of our settings goes along: whoever sets a page has no secret to give away.
        done = subprocess.run(
            [sys.executable, "-I", str(CHILD)],
            input=asked.encode(),
            capture_output=True,
            timeout=SET_WITHIN_S,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "RAYON_NUM_THREADS": "1"},
        )
    except subprocess.TimeoutExpired as fault:
        raise Busy("The service is very busy. Please try again in a moment.") from fault
    finally:
        _turns.release()
    if done.returncode != 0 or not done.stdout.startswith(BEGINNING_OF_PDF):
        # What the child complained of may quote what it was told to print.
        raise RuntimeError(f"{template.name} could not be set: the child ended with {done.returncode}")
    return done.stdout


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        return with_numbers_held(with_marks_shown(value))
    if isinstance(value, Mapping):
        return {name: _shown(each) for name, each in value.items()}
    return [_shown(each) for each in value] if isinstance(value, list | tuple) else value
