"""What deploy/ holds names what stands: commands, programs, files, settings; and its units are closed as far as they can be."""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from configparser import RawConfigParser
from pathlib import Path

import pytest

import app_factory
import wsgi
from foundation.settings import ProductionSettings, Settings
from runtime.supervisor.processes import LIVE_BOARD_THREADS
from tests.architecture.house import HOUSE

DEPLOY = HOUSE / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
# systemd reads it after each unit whose name begins so.
CLOSING = DEPLOY / "systemd" / "center-.service.d" / "closed.conf"
OPERATION = (HOUSE / "docs" / "operation.md").read_text(encoding="utf-8")
PROJECT = "/opt/center"
# What closes a unit; each of them stands in every one.
CLOSED = {
    "User": "center",
    "UMask": "0077",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
    "RestrictNamespaces": "yes",
    "SystemCallFilter": "@system-service",
    "Restart": "always",
}


def unit(file: Path) -> RawConfigParser:
    read = RawConfigParser(strict=False)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    together = [CLOSING] if file.name.startswith("center-") and file.suffix == ".service" else []
    read.read([file, *together], encoding="utf-8")
    return read


def start_of(file: Path) -> list[str]:
    return unit(file)["Service"]["ExecStart"].split()


@pytest.fixture(scope="module")
def commands(settings: Settings) -> set[str]:
    return set(app_factory.create_app(settings).cli.commands)


def require_program(words: list[str], commands: set[str]) -> None:
    """Raises AssertionError: what is started does not stand."""
    program = Path(words[0]).name
    if program == "flask":
        assert words[1:3] == ["--app", "wsgi"]
        assert words[3] in commands
    elif program == "gunicorn":
        assert words[1:3] == ["--config", "python:runtime.serving"]
        made = re.fullmatch(r"wsgi:(\w+)\(\)", words[-1])
        assert made
        assert callable(getattr(wsgi, made[1]))
    else:
        pytest.fail(f"nobody knows {program}")


def test_there_is_a_unit_for_each_process():
    named = {each.stem for each in UNITS}

    assert named == {"center-web", "center-events", "center-worker", "center-dicom"}
    wanted = unit(DEPLOY / "systemd" / "center.target")["Unit"]["Wants"].split()
    assert {Path(each).stem for each in wanted} == named


@pytest.mark.parametrize("file", UNITS, ids=lambda file: file.stem)
def test_a_unit_starts_what_stands_and_is_closed(file, commands):
    service = unit(file)["Service"]

    require_program(start_of(file), commands)
    assert {name: service.get(name) for name in CLOSED} == CLOSED
    assert service["EnvironmentFile"] == "/etc/center/environment"
    assert unit(file)["Unit"]["StartLimitIntervalSec"] == "0"


def test_what_closes_the_units_stands_once_and_is_copied_with_them():
    closing = [line for line in CLOSING.read_text().splitlines() if "=" in line and not line.startswith("#")]
    again = {line for file in UNITS for line in file.read_text().splitlines()} & set(closing)
    (copied,) = [
        line
        for line in OPERATION.splitlines()
        if line.startswith("    cp ") and "/etc/systemd/system/" in line
    ]

    assert not again
    assert "deploy/systemd/center-.service.d" in shlex.split(copied)
    assert "-r" in shlex.split(copied)


def test_the_live_board_has_a_thread_for_each_listener():
    words = start_of(DEPLOY / "systemd" / "center-events.service")

    assert words[words.index("--threads") + 1] == str(LIVE_BOARD_THREADS)


def test_the_document_starts_the_same_as_the_units():
    told = {each.replace("'", "") for each in re.findall(r"\| `(\.venv/bin/[^`]+)` \|", OPERATION)}
    started = {" ".join(start_of(file)).removeprefix(f"{PROJECT}/") for file in UNITS}
    listening = {each.replace("${DICOM_HOST}", "10.0.0.5") for each in started}

    assert listening == {each for each in told if not each.endswith("migrate")}


def test_commands_are_documented_to_read_the_settings_as_the_units_do():
    (words,) = [shlex.split(line) for line in OPERATION.splitlines() if line.startswith("    systemd-run ")]
    asked = dict(each.split("=", 1) for each in words if re.match(r"[A-Z]\w+=", each))
    service = unit(UNITS[0])["Service"]

    assert asked == {name: service[name] for name in asked}
    assert asked["EnvironmentFile"] == "/etc/center/environment"
    assert {f"--uid={service['User']}", f"--gid={service['Group']}"} <= set(words)
    assert not re.search(r"(^|[ `])(\.|source) /etc/center/environment", OPERATION, re.MULTILINE)


def test_the_settings_of_the_example_are_those_of_production():
    lines = (DEPLOY / "systemd" / "environment.example").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    known = {name.upper() for name in ProductionSettings.model_fields} | {"DICOM_HOST"}
    needed = {name.upper() for name, field in ProductionSettings.model_fields.items() if field.is_required()}

    assert given.keys() <= known
    assert needed <= given.keys()
    assert given["SECRET_KEY"] == given["DATABASE_URL"] == ""


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze here")
def test_systemd_itself_has_nothing_against_the_units(tmp_path):
    """The programs are where the project is, not where it will be."""
    for file in (*UNITS, DEPLOY / "systemd" / "center.target"):
        text = file.read_text().replace(PROJECT, str(HOUSE)).replace("User=center", "User=root")
        (tmp_path / file.name).write_text(text.replace("Group=center", "Group=root"))
    shutil.copytree(CLOSING.parent, tmp_path / CLOSING.parent.name)

    ran = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(tmp_path / each.name for each in UNITS)],
        capture_output=True,
        text=True,
    )

    ours = [line for line in ran.stderr.splitlines() if "center" in line]
    assert ours == []


# ---- the container ---------------------------------------------------------------------------------


def instructions() -> Iterator[tuple[str, str]]:
    for line in (DEPLOY / "Containerfile").read_text().splitlines():
        if line and not line.startswith("#"):
            word, _, rest = line.partition(" ")
            yield word, rest


def test_the_container_is_made_of_what_stands(commands):
    made = list(instructions())
    copied = [rest.split() for word, rest in made if word == "COPY" and not rest.startswith("--from")]

    assert {word for word, _ in made} <= {
        "FROM", "WORKDIR", "COPY", "RUN", "USER", "ENV", "VOLUME", "EXPOSE", "CMD",
    }  # fmt: skip
    assert all((HOUSE / source).exists() for *sources, _ in copied for source in sources)
    runs = [json.loads(rest) for word, rest in made if word == "RUN"]
    assert [".venv/bin/python", "-m", "runtime.asset_build"] in runs
    assert ["python3", "requirements/install.py", "run"] in runs
    (started,) = (json.loads(rest) for word, rest in made if word == "CMD")
    require_program(started, commands)


def test_the_container_is_no_root_and_holds_no_secret():
    made = list(instructions())
    last_stage = made[[word for word, _ in made].index("FROM", 1) :]
    environment = dict(
        each.split("=", 1) for word, rest in made if word == "ENV" for each in shlex.split(rest)
    )

    assert ("USER", "center") in last_stage
    assert [word for word, _ in last_stage].index("USER") < [word for word, _ in last_stage].index("CMD")
    assert not {"SECRET_KEY", "DATABASE_URL"} & environment.keys()
    assert environment["PROFILE"] == "production"


def test_a_documented_container_is_given_the_files_that_its_settings_name():
    lines = (DEPLOY / "systemd" / "environment.example").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    started = [shlex.split(line) for line in OPERATION.splitlines() if line.startswith("    podman run ")]

    assert len(started) == 2
    mounted = [
        {word.split(":")[1] for word in words if word.count(":") > 0 and word[0] != "1"} for words in started
    ]
    assert all({given["IDENTITY_PROVIDERS_FILE"], given["DATA_DIR"]} <= each for each in mounted)


def test_every_page_for_operators_is_found_from_the_first_one():
    pages = {each.name for each in (HOUSE / "docs").glob("*.md")}
    linked = set(
        re.findall(
            r"\]\((?:docs/)?([\w]+\.md)", (HOUSE / "README.md").read_text(encoding="utf-8") + OPERATION
        )
    )

    assert {"operation.md", "security.md", "filling_a_region.md", "identity_providers.md"} <= linked & pages


def test_nothing_of_this_machine_goes_into_the_container():
    left_out = set((HOUSE / ".dockerignore").read_text().split())

    assert {".git", ".venv", ".env*", "**/.env*", "data", "frontend/node_modules", "static/built"} <= left_out
