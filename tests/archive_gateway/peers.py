"""Outside programs that the archive speaks to; missing ones skip their tests with one line, and fail in CI."""

import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import requests
from moto.server import ThreadedMotoServer

from tests.ports import free_port
from tests.waiting import until_up

ORTHANC_PLUGIN_FOLDER = Path("/usr/share/orthanc/plugins")


def require(program: str, *, present: bool) -> None:
    if not present:
        sentence = f"{program} is not installed; `make peers` brings it"
        pytest.fail(sentence) if os.environ.get("CI") else pytest.skip(sentence)


@contextlib.contextmanager
def orthanc(folder: Path, files: Sequence[Path]) -> Iterator[str]:
    """A real Orthanc that holds these files; gives the root of its DICOMweb."""
    plugin = next(ORTHANC_PLUGIN_FOLDER.glob("libOrthancDicomWeb.so*"), None)
    require("Orthanc with its DICOMweb plugin", present=bool(shutil.which("Orthanc")) and plugin is not None)
    port = free_port()
    (folder / "orthanc.json").write_text(
        json.dumps(
            {
                "StorageDirectory": str(folder / "db"),
                "IndexDirectory": str(folder / "db"),
                "RemoteAccessAllowed": False,
                "AuthenticationEnabled": False,
                "HttpPort": port,
                "DicomServerEnabled": False,
                "Plugins": [str(plugin)],
                "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
            }
        )
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([shutil.which("Orthanc"), folder / "orthanc.json"], stdout=log, stderr=log)
    try:
        root = f"http://127.0.0.1:{port}"
        until_up(process, f"{root}/system", within_s=40)
        for file in files:
            requests.post(f"{root}/instances", data=file.read_bytes(), timeout=20).raise_for_status()
        yield f"{root}/dicom-web"
    finally:
        process.terminate()
        process.wait(timeout=20)


@contextlib.contextmanager
def object_store() -> Iterator[str]:
    """A server that speaks S3, in this process; gives its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()
