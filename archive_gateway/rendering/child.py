"""The confined child: decodes frames that it is handed, opens no file, knows nothing else of the house.

Started as `python -m archive_gateway.rendering.child`. One request is a line of JSON and the bytes of a frame after it;
one answer is a line of JSON with the length of the picture that follows it.
"""

import sys
import warnings
from typing import BinaryIO

import orjson
from pydicom import config
from pydicom.dataset import Dataset
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import UID, AllTransferSyntaxes

from archive_gateway.dicom.rules.transfer_syntax import EXPLICIT_LITTLE_ENDIAN
from archive_gateway.inspection.confined_child import own_answers
from archive_gateway.inspection.landlock import restrict_filesystem
from archive_gateway.inspection.limits import allow_one_more_file, confine
from archive_gateway.rendering.drawing import CannotBeDecoded, NotDrawn, decoded, digest_of, drawn
from archive_gateway.rendering.explicit import explicit_around_pixels
from archive_gateway.rendering.png import png_of


def main(requests: BinaryIO, answers: BinaryIO) -> None:
    config.settings.reading_validation_mode = config.IGNORE
    warnings.filterwarnings("ignore")
    _load_all()
    confine()
    restrict_filesystem()
    for line in requests:
        allow_one_more_file()
        request = orjson.loads(line)
        answer, picture = _answer(request, requests.read(request["frame_length"]))
        answers.write(orjson.dumps({**answer, "length": len(picture)}) + b"\n")
        answers.write(picture)
        answers.flush()
        if answer.get("exhausted"):
            return


def _load_all() -> None:
    """What is loaded when it is first needed must be there before no file can be opened."""
    for syntax in AllTransferSyntaxes:
        try:
            get_decoder(UID(syntax))
        except NotImplementedError:
            continue
    sample = Dataset()
    sample.Rows = sample.Columns = 2
    sample.BitsAllocated = 8
    for photometric, samples in (("MONOCHROME1", 1), ("YBR_FULL", 3)):
        sample.PhotometricInterpretation, sample.SamplesPerPixel = photometric, samples
        png_of(drawn(sample, bytes(4 * samples), transfer_syntax_uid=EXPLICIT_LITTLE_ENDIAN))


def _answer(request: dict, frame: bytes) -> tuple[dict[str, object], bytes]:  # type: ignore[type-arg]
    syntax = request["transfer_syntax_uid"]
    try:
        if request["wanted"] == "explicit":
            before, after = explicit_around_pixels(frame, before=request["before"])
            return {"verdict": "good", "before": len(before)}, before + after
        attributes = Dataset.from_json(request["attributes"])
        match request["wanted"]:
            case "picture":
                return {"verdict": "good"}, png_of(drawn(attributes, frame, transfer_syntax_uid=syntax))
            case "digest":
                return {"verdict": "good"}, digest_of(decoded(attributes, frame, transfer_syntax_uid=syntax))
        decoded(attributes, frame, transfer_syntax_uid=syntax, raw=True)
    except CannotBeDecoded as verdict:
        return {"verdict": "broken", "why": str(verdict)}, b""
    except NotDrawn as verdict:
        return {"verdict": "not_drawn", "why": str(verdict)}, b""
    except MemoryError:
        return {"verdict": "not_drawn", "why": "Drawing it takes too much memory.", "exhausted": True}, b""
    except Exception as fault:
        return {"verdict": "not_drawn", "why": f"It cannot be read ({type(fault).__name__})."}, b""
    return {"verdict": "good"}, b""


if __name__ == "__main__":
    main(sys.stdin.buffer, own_answers())
