"""A small DICOMweb archive with the real viewer page in front of it: files in, metadata and frames out, as stored."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import orjson
import pydicom
from flask import Flask, Response, abort, render_template, request
from pydicom.encaps import generate_frames
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian
from werkzeug.serving import make_server

import foundation.language.page_environment
from archive_gateway.dicom.rules.frames import PixelShape, Span, native_frames
from archive_gateway.dicomweb.rules.frame_bytes import bits_at_offset
from archive_gateway.rendering.renderer import FrameToDecode, Verdict, open_renderer
from archive_gateway.rendering.rules.attributes import drawing_attributes
from archive_gateway.routes import modality_names
from foundation.settings import load_settings
from foundation.web import assets
from foundation.web.security_headers import HEADERS, policy

PROJECT = Path(__file__).resolve().parents[2]
PIXELS = (0x7FE00008, 0x7FE00009, 0x7FE00010)
SERIES_ATTRIBUTES = ("Modality", "SeriesDescription", "SeriesNumber", "SeriesInstanceUID")


@dataclass
class StubArchive:
    """Studies under names of the tests' choosing; `broken` frames answer 500 as long as they are listed; `asked` is every path."""

    address: str = ""
    studies: dict[str, list[pydicom.Dataset]] = field(default_factory=dict)
    broken: set[tuple[str, int]] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def add(self, name: str, files: Iterable[Path]) -> None:
        self.studies[name] = [pydicom.dcmread(path, force=True) for path in files]

    def page(self, name: str, *, clinical: bool = True) -> str:
        return f"{self.address}/{'view' if clinical else 'my'}/{name}"

    def of_series(self, name: str, series: str) -> list[pydicom.Dataset]:
        return [each for each in self.studies.get(name, []) if each.SeriesInstanceUID == series] or abort(404)


@contextmanager
def serve_archive() -> Iterator[StubArchive]:
    archive = StubArchive()
    server = make_server("127.0.0.1", 0, _application(archive), threaded=True)
    archive.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield archive
    finally:
        server.shutdown()
        thread.join()


def _application(archive: StubArchive) -> Flask:
    app = Flask(__name__, root_path=str(PROJECT), static_folder="static", template_folder="templates")
    app.secret_key = uuid4().hex
    app.extensions["settings"] = load_settings({"PROFILE": "test", "SECRET_KEY": app.secret_key})
    foundation.language.page_environment.init_app(app)
    app.add_template_global(modality_names)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    assets.init_app(app)

    @app.after_request
    def finish(answer: Response) -> Response:
        archive.asked.append(request.path)
        answer.headers.update(HEADERS)
        answer.headers["Content-Security-Policy"] = policy(viewer=True)
        return answer

    @app.get("/view/<name>", defaults={"clinical": True})
    @app.get("/my/<name>", defaults={"clinical": False})
    def view(name: str, clinical: bool) -> str:
        return render_template(
            "viewer.html",
            clinical=clinical,
            archive_address="/archive",
            study_uid=name,
            title="CT",
            back_address="/",
            back_words="Back",
            picture_count=sum(int(each.get("NumberOfFrames", 1)) for each in archive.studies.get(name, [])),
        )

    @app.get("/archive/studies/<name>/series")
    def series(name: str) -> Response:
        first = {each.SeriesInstanceUID: each for each in reversed(archive.studies.get(name) or abort(404))}
        return _dicom_json([_series_entry(archive, name, each) for each in first.values()])

    @app.get("/archive/studies/<name>/series/<uid>/metadata")
    def metadata(name: str, uid: str) -> Response:
        return _dicom_json([_metadata(each) for each in archive.of_series(name, uid)])

    @app.get("/archive/studies/<name>/series/<uid>/instances/<instance>/frames/<int:number>")
    def frame(name: str, uid: str, instance: str, number: int) -> Response:
        if (instance, number) in archive.broken:
            abort(500)
        found = next(each for each in archive.of_series(name, uid) if each.SOPInstanceUID == instance)
        return _frame_answer(found, number)

    _draw(app, archive)
    return app


def _draw(app: Flask, archive: StubArchive) -> None:
    @app.get("/archive/studies/<name>/series/<uid>/instances/<instance>/frames/<int:number>/rendered")
    def rendered(name: str, uid: str, instance: str, number: int) -> Response:
        return _drawn(
            next(each for each in archive.of_series(name, uid) if each.SOPInstanceUID == instance), number
        )

    @app.get("/archive/studies/<name>/pictures/<int:number>")
    def picture(name: str, number: int) -> Response:
        return _drawn(archive.studies[name][number - 1], 1)


def _dicom_json(content: object) -> Response:
    return Response(orjson.dumps(content), content_type="application/dicom+json")


def _series_entry(archive: StubArchive, name: str, dataset: pydicom.Dataset) -> dict[str, object]:
    entry = pydicom.Dataset()
    for keyword in SERIES_ATTRIBUTES:
        if keyword in dataset:
            setattr(entry, keyword, dataset[keyword].value)
    entry.NumberOfSeriesRelatedInstances = len(archive.of_series(name, dataset.SeriesInstanceUID))
    return entry.to_json_dict()


def _metadata(dataset: pydicom.Dataset) -> dict[str, object]:
    without_pixels = pydicom.Dataset({each.tag: each for each in dataset if each.tag not in PIXELS})
    return without_pixels.to_json_dict(bulk_data_threshold=10**9, suppress_invalid_tags=True)


def _drawn(dataset: pydicom.Dataset, number: int) -> Response:
    syntax, body = frame_bytes(dataset, number)
    attributes = drawing_attributes(_metadata(dataset), frame_number=number)
    verdict, png = open_renderer().picture(FrameToDecode(attributes, str(syntax), body))
    return Response(png, content_type="image/png") if verdict is Verdict.GOOD else abort(406)


def _frame_answer(dataset: pydicom.Dataset, number: int) -> Response:
    syntax, body = frame_bytes(dataset, number)
    boundary = uuid4().hex
    head = f"--{boundary}\r\nContent-Type: application/octet-stream; transfer-syntax={syntax}\r\n\r\n"
    return Response(
        head.encode() + body + f"\r\n--{boundary}--\r\n".encode(),
        content_type=f'multipart/related; type="application/octet-stream"; boundary={boundary}',
    )


def frame_bytes(dataset: pydicom.Dataset, number: int) -> tuple[str, bytes]:
    """One frame as stored; uncompressed ones in little endian, as WADO-RS asks."""
    syntax = dataset.file_meta.TransferSyntaxUID
    count = int(dataset.get("NumberOfFrames", 1) or 1)
    if syntax.is_encapsulated:
        return syntax, list(generate_frames(dataset.PixelData, number_of_frames=count))[number - 1]
    shape = PixelShape(
        dataset.Rows,
        dataset.Columns,
        dataset.SamplesPerPixel,
        dataset.BitsAllocated,
        count,
        dataset.PhotometricInterpretation,
    )
    # As long as the header says: of a file that was cut, less is sent than was promised.
    promised = shape.bits_in_frame * count // 8
    span = native_frames(shape, Span(0, max(promised, len(dataset.PixelData))))[number - 1]
    body = dataset.PixelData[span.offset : span.end]
    if dataset.BitsAllocated == 1:
        return ExplicitVRLittleEndian, bits_at_offset(
            body, first_bit=(number - 1) * shape.bits_in_frame % 8, count=shape.bits_in_frame
        )
    if syntax == ExplicitVRBigEndian and dataset.BitsAllocated == 16:
        swapped = bytearray(len(body))
        swapped[0::2], swapped[1::2] = body[1::2], body[0::2]
        body = bytes(swapped)
    return ExplicitVRLittleEndian, body
