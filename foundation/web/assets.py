"""Files for the browser: under which hashed name each was built, how long it may be kept, its packed copy."""

import mimetypes
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from flask import Flask, Response, current_app, request, send_from_directory
from werkzeug.routing import BuildError

from foundation.web import addresses
from foundation.web.addresses import url_for

STATIC = Path(__file__).parent.parent.parent / "static"
BUILT = "built/"
MANIFEST = STATIC / BUILT / "manifest.json"
# A hashed name never holds other bytes, so a browser need not ask again.
FOR_EVER = "public, max-age=31536000, immutable"


class AssetsNotBuilt(RuntimeError):
    """The style sheet and the viewer were never built; `make assets` does it."""


def init_app(app: Flask) -> None:
    mimetypes.add_type("application/wasm", ".wasm")
    addresses.init_app(app)
    app.jinja_env.globals.update(asset=asset, address_of=address_of)
    app.view_functions["static"] = send_asset


def asset(name: str) -> str:
    """The address of a file for the browser, such as "style.css" (built) or "scripts/start.js" (as written).

    Raises:
        AssetsNotBuilt: neither built nor written.
    """
    return _address_of_file(name, _built_at(), request.script_root)


def address_of(endpoint: str, **values: Any) -> str:
    """An endpoint's address, or "" where its room is not part of this service: the menu then leaves it out."""
    try:
        return url_for(endpoint, **values)
    except BuildError:
        return ""


def send_asset(filename: str) -> Response:
    """A static file, packed where the browser takes it and a packed copy lies beside it."""
    folder = Path(current_app.static_folder or STATIC)
    packed = (
        filename.startswith(BUILT)
        and request.accept_encodings.find("gzip") >= 0
        # Path.is_file would raise for a name that is too long for any file.
        and os.path.isfile(folder / f"{filename}.gz")
    )
    answer = send_from_directory(folder, f"{filename}.gz" if packed else filename)
    if packed:
        answer.headers["Content-Encoding"] = "gzip"
        answer.headers["Content-Type"] = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    if filename.startswith(BUILT):
        answer.headers["Cache-Control"] = FOR_EVER
        answer.vary.add("Accept-Encoding")
    return answer


def _built_at() -> float:
    try:
        return os.stat(MANIFEST).st_mtime
    except FileNotFoundError:
        return 0.0


@lru_cache(maxsize=256)
def _address_of_file(name: str, built_at: float, _mounted_at: str) -> str:
    """Where the file is found; looked up anew only after a new build, or below another address of the whole service."""
    return url_for("static", filename=_file_of(name, built_at))


def _file_of(name: str, built_at: float) -> str:
    names: dict[str, str] = orjson.loads(MANIFEST.read_bytes()) if built_at else {}
    if name in names:
        return BUILT + names[name]
    if not (STATIC / name).is_file():
        raise AssetsNotBuilt(f"{name} is not there: run `make assets` first.")
    return name
