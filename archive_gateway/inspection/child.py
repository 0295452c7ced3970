"""The confined child: reads paths from its input, answers with descriptions, knows nothing else of the house.

Started as `python -m archive_gateway.inspection.child`. One request is a line of JSON; one answer is a line of
JSON with the length of the metadata that follows it. The folders of the first request are the only ones for ever.
"""

import encodings
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import BinaryIO

import orjson
from pydicom import config

from archive_gateway.dicom.rules.refusals import FileRefused, NotDicom
from archive_gateway.inspection.confined_child import own_answers
from archive_gateway.inspection.counting import BUDGET, count_elements
from archive_gateway.inspection.landlock import restrict_filesystem
from archive_gateway.inspection.limits import allow_one_more_file, confine
from archive_gateway.inspection.reading import read


def main(requests: BinaryIO, answers: BinaryIO) -> None:
    config.settings.reading_validation_mode = config.IGNORE
    config.settings.writing_validation_mode = config.IGNORE
    _load_character_sets()
    count_elements()
    confine()
    shut = False
    for line in requests:
        allow_one_more_file()
        BUDGET.renew()
        request = orjson.loads(line)
        path, derived = Path(request["path"]), Path(request["derived"])
        if not shut:
            restrict_filesystem(reading=path.parent, writing=derived.parent)
            shut = True
        answer, metadata = _answer(path, derived, request["character_set"])
        answers.write(orjson.dumps({**answer, "length": len(metadata)}) + b"\n")
        answers.write(metadata)
        answers.flush()
        if answer.get("exhausted"):
            return


def _load_character_sets() -> None:
    """Python finds them file by file when a header names one, and no file can be opened then."""
    for module in iter_modules(encodings.__path__):
        # Two exist on Windows only.
        with suppress(ImportError):
            import_module(f"encodings.{module.name}")


def _answer(path: Path, derived: Path, character_set: str) -> tuple[dict[str, object], bytes]:
    try:
        description, metadata = read(path, derived, character_set=character_set)
    except NotDicom as verdict:
        return {"verdict": "not_dicom", "why": str(verdict)}, b""
    except FileRefused as verdict:
        return {"verdict": "refused", "why": str(verdict)}, b""
    except MemoryError:
        return {
            "verdict": "refused",
            "why": "Reading it takes more memory than is allowed.",
            "exhausted": True,
        }, b""
    except RecursionError:
        return {"verdict": "refused", "why": "The header is nested too deeply."}, b""
    except Exception as fault:
        return {"verdict": "refused", "why": f"It cannot be read ({type(fault).__name__})."}, b""
    return {"verdict": "good", "description": orjson.Fragment(description.to_wire())}, metadata


if __name__ == "__main__":
    main(sys.stdin.buffer, own_answers())
