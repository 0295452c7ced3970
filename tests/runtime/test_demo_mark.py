"""Production refuses a database that was made for the demo, at every door."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError

from foundation.actor import Actor
from foundation.database.demo_mark import mark_as_demo
from foundation.database.migrations import migrate
from foundation.database.process_engines import make_engine
from foundation.database.transactions import transaction
from foundation.postgres.connections import serving_url
from foundation.postgres.demo_refusal import DemoInProduction
from foundation.postgres.embedded.address import ServerAddress
from foundation.postgres.embedded.running import running
from foundation.postgres.roles import LOADER, OWNER, WEB, WORKER
from foundation.settings import load_settings
from tests.ports import free_ports
from tests.provider_file import one_provider
from tests.runtime.watching import Run

DOORS = {
    "web server": (
        "gunicorn",
        "--config",
        "python:runtime.serving",
        "--bind",
        "127.0.0.1:{port}",
        "wsgi:create_web()",
    ),
    "live board": (
        "gunicorn",
        "--config",
        "python:runtime.serving",
        "--bind",
        "127.0.0.1:{port}",
        "wsgi:create_events()",
    ),
    "worker": ("flask", "--app", "wsgi", "work"),
    "image listener": ("flask", "--app", "wsgi", "listen-dicom"),
    "import of records": ("flask", "--app", "wsgi", "import-fhir", "pyproject.toml"),
    "migrations": ("flask", "--app", "wsgi", "migrate"),
    "supervisor": ("runtime.supervisor",),
}
SENTENCE = "PROFILE is production, but this database was made for the demo region"


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("marked")


@pytest.fixture(scope="module")
def demo(data_dir: Path) -> Iterator[ServerAddress]:
    """A database that was marked, running in the folder that it was made in."""
    with running(data_dir, durable=False) as address:
        migrate(address.url(OWNER))
        loader = make_engine(address.url(LOADER))
        for _ in range(2):
            with transaction(Actor.system("loader"), on=loader) as session:
                mark_as_demo(session)
        loader.dispose()
        yield address


@pytest.fixture
def production(data_dir: Path, demo: ServerAddress) -> dict[str, str]:
    providers = data_dir / "providers.toml"
    providers.write_text(one_provider())
    return {
        "PROFILE": "production",
        "SECRET_KEY": "a secret of more than thirty-two characters",
        "PUBLIC_URL": "https://health.example",
        "IDENTITY_PROVIDERS_FILE": str(providers),
        "DATABASE_URL": "embedded",
    }


@pytest.fixture
def run(data_dir: Path, production: dict[str, str]) -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def begin(*words: str, **environment: str) -> Run:
        port = free_ports()
        runs.append(
            Run(
                *(word.format(port=port) for word in words),
                data_dir=data_dir,
                port=port,
                **{**production, **environment},
            )
        )
        return runs[-1]

    yield begin
    for each in runs:
        each.process.kill()
        each.process.wait()


@pytest.mark.parametrize("door", [door for door in DOORS if door != "supervisor"])
def test_production_refuses_the_database_of_a_demo_in_one_sentence(run, door):
    refused = run(*DOORS[door])

    assert refused.process.wait(60) != 0
    assert SENTENCE in refused.said()
    assert "Traceback" not in refused.said()


def test_the_supervisor_refuses_the_folder_or_the_server_of_a_demo(run, demo, tmp_path):
    # The folder itself is taken by the test's own server, so it stands for an operator's.
    refused = run(
        *DOORS["supervisor"],
        DATABASE_URL=demo.url("postgres"),
    )

    assert refused.process.wait(60) == 2
    assert SENTENCE in refused.said()
    assert "Traceback" not in refused.said()


def test_the_demo_refuses_a_database_of_real_people(tmp_path):
    server = tmp_path / "server"
    with running(server, durable=False) as address:
        migrate(address.url(OWNER))
        owner = create_engine(address.url("postgres"))
        with owner.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO identity.facility (id, code, kind, name_en, name_ru, settlement_en, settlement_ru, connected) "
                    "VALUES (gen_random_uuid(), 'R-1', 'polyclinic', 'Real', 'Real', 'Town', 'Town', true)"
                )
            )
        owner.dispose()
        refused = Run(
            "runtime.supervisor",
            data_dir=tmp_path / "data",
            port=free_ports(),
            PROFILE="demo",
            DATABASE_URL=address.url("postgres"),
        )
        try:
            assert refused.process.wait(60) == 2
        finally:
            refused.process.kill()
            refused.process.wait()

    assert "people who are not the demo's" in refused.said()


def test_the_same_database_is_welcome_in_the_demo(data_dir, demo):
    settings = load_settings({"PROFILE": "demo", "DATA_DIR": str(data_dir)})

    assert serving_url(settings, WEB) == demo.url(WEB)


def test_production_is_content_with_a_database_that_was_never_a_demo(production, tmp_path):
    with running(tmp_path, durable=False) as address:
        migrate(address.url(OWNER))
        settings = load_settings({**production, "DATA_DIR": str(tmp_path)})

        assert serving_url(settings, WEB) == address.url(WEB)


def test_an_operators_server_is_asked_too(production, demo):
    settings = load_settings({**production, "DATABASE_URL": demo.url(WEB)})

    with pytest.raises(DemoInProduction):
        serving_url(settings, WEB)


@pytest.mark.parametrize("role", [WEB, WORKER, LOADER])
def test_nobody_who_serves_can_take_the_mark_away(demo, role):
    engine = create_engine(demo.url(role))
    with engine.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
        connection.execute(text("DELETE FROM foundation.demo_mark"))
    engine.dispose()
