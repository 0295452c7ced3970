"""Every command on a folder in which nothing has run yet: it works, or says in one sentence what to do first."""

from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import Result
from flask import Flask

import app_factory
from foundation.identifiers import new_id
from foundation.postgres.embedded.running import running
from foundation.settings import load_settings
from tests.conftest import SECRET
from tests.connections import own_connections

# Flask's own.
OTHERS = {"run", "shell", "routes"}
# Those that need no tables; what they end with, and how what they say begins.
WITHOUT_TABLES = {
    "settings": (0, "PROFILE"),
    "demo-people": (0, "People to try."),
    "index-upstream": (2, "No archive is set up"),
    "backup": (2, "The database center holds no tables of ours to back up."),
    "restore": (2, "The folder "),
    "rotate-secret-key": (2, "FURTHER_SECRET_KEY is not set"),
    "check-mail": (0, "SMTP_HOST is not set: this service sends no e-mail"),
    "migrate": (0, "The database is at revision "),
}
NO_TABLES = (2, "The database holds no tables of ours yet. Make them: .venv/bin/flask --app wsgi migrate")
# What a command is given for an argument or an option that it needs.
GIVEN = {"facility": "MF-001", "study_instance_uid": "1.2.3", "snils": "11223344595"}
FILES = {"folder", "files", "paths", "sources"}
NEEDS_ONE_OF = {"end-sessions": ["--all"], "index-upstream": []}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application whose database was made a moment ago."""
    folder = tmp_path_factory.mktemp("fresh") / "data"
    values = {"PROFILE": "test", "SECRET_KEY": SECRET, "DATA_DIR": str(folder), "LOG_LEVEL": "ERROR"}
    with running(folder, durable=False):
        yield app_factory.create_app(load_settings(values))


@pytest.fixture
def run(fresh: Flask, tmp_path: Path) -> Callable[[str], Result]:
    def ran(name: str) -> Result:
        with own_connections(), fresh.app_context():
            words = [name, *_words(fresh.cli.commands[name], tmp_path)]
            return fresh.test_cli_runner().invoke(args=words)

    return ran


def _words(command: click.Command, folder: Path) -> list[str]:
    """What it cannot do without: files that are there, and words that look right."""
    (folder / "table").mkdir(mode=0o700, exist_ok=True)
    (folder / "table.csv").write_text("code\n")
    words = list(NEEDS_ONE_OF.get(command.name or "", []))
    for each in command.params:
        if not each.required:
            continue
        kind = each.type
        if each.type is click.UUID:
            value = str(new_id())
        elif isinstance(kind, click.Choice):
            value = str(next(iter(kind.choices)))
        elif getattr(kind, "exists", False) or each.name in FILES:
            value = str(folder / ("table.csv" if getattr(kind, "file_okay", True) else "table"))
        else:
            value = GIVEN.get(each.name or "", "1")
        words += [value] if each.param_type_name == "argument" else [each.opts[0], value]
    return words


def test_every_command_works_on_a_fresh_folder_or_says_what_comes_first(fresh, run):
    names = sorted(set(fresh.cli.commands) - OTHERS, key=lambda name: (name == "migrate", name))
    wrong = {}
    for name in names:
        code, begins = WITHOUT_TABLES.get(name, NO_TABLES)
        result = run(name)
        told = result.stdout if code == 0 else result.stderr
        if result.exit_code != code or not told.lstrip().startswith(begins):
            wrong[name] = (result.exit_code, result.output[-300:])

    assert len(names) > 20
    assert not wrong, "\n".join(f"{name}: {told}" for name, told in wrong.items())
