"""The child that reads hostile bytes reaches the waiting file and its twin, and nothing else of the machine."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from archive_gateway.inspection.landlock import version
from archive_gateway.inspection.parser_process import ParserProcess
from tests.archive_gateway.dicom.factories import data_set, write

ROOT = Path(__file__).parents[3]
NETWORK_FROM, OTHERS_FROM = 4, 6

pytestmark = pytest.mark.skipif(not version(), reason="This kernel has no Landlock, or hides it.")

# What somebody would try who had taken the child over by a hostile file.
ATTEMPTS = """
import json, os, signal, socket, sys
from pathlib import Path
from archive_gateway.inspection.landlock import restrict_filesystem

waiting, twins, secret, port, parent = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
restrict_filesystem(reading=waiting, writing=twins)
attempts = {
    "read the waiting file": lambda: (waiting / "file").read_bytes(),
    "write the twin": lambda: (twins / "twin").write_bytes(b"twin"),
    "write the twin again": lambda: (twins / "twin").write_bytes(b"twin"),
    "read the twin": lambda: (twins / "twin").read_bytes(),
    "read /etc/passwd": lambda: open("/etc/passwd").read(),
    "read the database's passwords": lambda: open(secret).read(),
    "read the parent's memory": lambda: open(f"/proc/{parent}/environ", "rb").read(),
    "list the waiting files": lambda: os.listdir(waiting),
    "change the waiting file": lambda: open(waiting / "file", "ab"),
    "remove the waiting file": lambda: (waiting / "file").unlink(),
    "make a link": lambda: (twins / "link").symlink_to(secret),
    "bring a file over": lambda: os.link(secret, twins / "linked"),
    "write elsewhere": lambda: open(Path(secret).with_name("new"), "w"),
    "start a program": lambda: os.execv("/bin/true", ["true"]),
    "connect": lambda: socket.create_connection(("127.0.0.1", port), timeout=5),
    "listen": lambda: socket.create_server(("127.0.0.1", 0)),
    "signal the parent": lambda: os.kill(parent, 0),
}
done = []
for name, attempt in attempts.items():
    try:
        attempt()
    except OSError:
        continue
    done.append(name)
print(json.dumps(done))
"""


@pytest.fixture
def places(tmp_path):
    """The folder of waiting files, that of twins, and a secret of ours beside them."""
    waiting, twins, secret = tmp_path / "incoming", tmp_path / "twins", tmp_path / "postgres" / "address.json"
    for folder in (waiting, twins, secret.parent):
        folder.mkdir()
    (waiting / "file").write_bytes(b"waiting")
    secret.write_text('{"password": "secret"}')
    return waiting, twins, secret


def test_who_is_shut_in_reaches_two_folders_and_nobody_else(places):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        answer = subprocess.run(
            [
                sys.executable,
                "-c",
                ATTEMPTS,
                *map(str, places),
                str(listening.getsockname()[1]),
                str(os.getpid()),
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    allowed = ["read the waiting file", "write the twin", "write the twin again", "read the twin"]
    if version() < NETWORK_FROM:
        allowed += ["connect", "listen"]
    if version() < OTHERS_FROM:
        allowed += ["signal the parent"]
    assert answer.stderr == ""
    assert json.loads(answer.stdout) == allowed


@pytest.mark.parametrize("asked", ["passwd", "secret"])
def test_the_child_that_reads_pictures_opens_nothing_elsewhere(places, asked):
    waiting, twins, secret = places
    image = write(data_set(), waiting / "image")
    elsewhere = Path("/etc/passwd") if asked == "passwd" else secret
    with ParserProcess() as parser:
        parser.parse(image.path, twins / "twin")

        answer, _ = parser._ask(parser._child, elsewhere, twins / "twin", "")
        again, _ = parser.parse(image.path, twins / "twin")

    assert answer["why"] == "It cannot be read (PermissionError)."
    assert again.sop_instance_uid == image.instance_uid


def test_files_of_another_folder_are_read_by_another_child(places, tmp_path):
    waiting, twins, _ = places
    image = write(data_set(), waiting / "image")
    other = write(data_set(), tmp_path / "other" / "image")
    with ParserProcess() as parser:
        parser.parse(image.path, twins / "twin")
        first = parser._child.pid
        parser.parse(image.path, twins / "twin")
        assert parser._child.pid == first

        description, _ = parser.parse(other.path, twins / "twin")

    assert description.sop_instance_uid == other.instance_uid


@pytest.mark.parametrize(
    "character_set", ["ISO_IR 144", "ISO 2022 IR 87", "GB18030", "windows-1251", "koi8_r"]
)
def test_a_child_that_is_shut_in_still_knows_every_character_set(places, character_set):
    waiting, twins, _ = places
    made = data_set()
    made.SpecificCharacterSet, made.SeriesDescription = character_set, "plain"
    image = write(made, waiting / "image")
    with ParserProcess() as parser:
        description, metadata = parser.parse(image.path, twins / "twin")

    assert description.series_description == "plain"
    assert b"plain" in metadata


def test_the_place_of_twins_goes_with_the_examiner(places):
    waiting, _, _ = places
    with ParserProcess() as parser:
        derived_copy = parser.derived_copy_path(waiting)
        assert parser.derived_copy_path(waiting) == derived_copy
        assert derived_copy.parent.is_dir()

    assert not derived_copy.parent.exists()
