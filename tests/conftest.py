"""What every test may ask for: a real PostgreSQL, people, a browser-like client, the shared inputs."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from weakref import WeakKeyDictionary

import hypothesis
import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, text, true

import app_factory
from foundation import sealing
from foundation.actor import Actor
from foundation.database import process_engines, transactions
from foundation.database.combined_query import CompiledQueries, exchange_compiled_queries
from foundation.database.migrations import migrate
from foundation.database.transactions import ActorSession
from foundation.postgres.embedded.address import ADMINISTRATOR, ServerAddress
from foundation.postgres.embedded.running import running
from foundation.postgres.roles import LOADER, OWNER, WEB, WORKER
from foundation.settings import Settings, load_settings
from identity.roles import Role
from identity.second_factors.queries import demands
from tests.chromium import browser  # noqa: F401 (a fixture of journeys and viewer)
from tests.connections import close_idle, own_connections
from tests.legal_openings import Law, law_for
from tests.people import NOT_SIGNED_IN, People
from tests.signing_in import begin_session, sign_in

# How fast a machine draws examples is no fault of what they try.
hypothesis.settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")

SECRET = "for tests only, never for anything else"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerAddress]:
    """One embedded server for the run (one a worker), migrated."""
    folder = tmp_path_factory.mktemp("data")
    with running(folder, durable=False) as address:
        migrate(address.url(OWNER))
        yield address


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("files")
    return load_settings(
        {"PROFILE": "test", "SECRET_KEY": SECRET, "DATA_DIR": str(folder), "LOG_LEVEL": "ERROR"}
    )


@pytest.fixture(scope="session")
def engines(postgres: ServerAddress) -> Iterator[dict[str, Engine]]:
    """An engine for each role of the service, for the owner of the tables, and for the server's administrator."""
    made = {
        role: process_engines.make_engine(postgres.url(role), pool_size=4) for role in (WEB, LOADER, WORKER)
    }
    made["owner"] = process_engines.make_engine(postgres.url(OWNER), pool_size=2)
    made["administrator"] = process_engines.make_engine(postgres.url(ADMINISTRATOR), pool_size=2)
    yield made
    for engine in made.values():
        engine.dispose()


@pytest.fixture(scope="session")
def app(settings: Settings, postgres: ServerAddress) -> Iterator[Flask]:
    """The whole application on the test database."""
    made = app_factory.create_app(settings)
    process_engines.connect(postgres.url(WEB), pool_size=8)
    yield made
    process_engines.disconnect()


@pytest.fixture(autouse=True)
def _one_key(request: pytest.FixtureRequest) -> Iterator[None]:
    """A process has one secret: who leaves another one there makes the next tests' people unfindable."""
    if "app" in request.fixturenames:
        # A module before may have made a region of its own, under its own key.
        sealing.set_key(request.getfixturevalue("settings").secret_key)
        # Or have asked everybody for a second factor.
        demands.set_second_factor_required(False)
    before = dict(sealing._keys)
    yield
    if before and sealing._keys != before:
        sealing._keys.update(before)
        pytest.fail("This test left another secret key in the process.")


SessionAs = Callable[[Actor], AbstractContextManager[ActorSession]]


@pytest.fixture
def as_actor(app: Flask, engines: dict[str, Engine]) -> SessionAs:
    """`with as_actor(actor) as session:` works as center_web with that person in the context, and commits.

    Staff are signed in at the post that they were made with, whatever the context says that they are.
    """

    def opened(actor: Actor) -> AbstractContextManager[ActorSession]:
        if at_post := NOT_SIGNED_IN.pop(actor.account_id, None):
            begin_session(at_post, engines["administrator"])
        return transactions.transaction(actor, on=engines[WEB])

    return opened


@pytest.fixture
def as_loader(app: Flask, engines: dict[str, Engine]) -> Callable[[], AbstractContextManager[ActorSession]]:
    """`with as_loader() as session:` works as center_loader, which may enter anybody's data, and commits."""
    return lambda: transactions.transaction(Actor.system("loader"), on=engines[LOADER])


@pytest.fixture
def as_worker(app: Flask, engines: dict[str, Engine]) -> Callable[[], AbstractContextManager[ActorSession]]:
    return lambda: transactions.transaction(Actor.system("worker"), on=engines[WORKER])


@pytest.fixture
def as_administrator(engines: dict[str, Engine]) -> Callable[[], AbstractContextManager[Connection]]:
    """`with as_administrator() as connection:` works above row-level security, and commits."""
    return engines["administrator"].begin


@pytest.fixture
def command(app: Flask, settings: Settings, postgres: ServerAddress) -> Callable[..., Result]:
    """`command("end-sessions", "--all")` as an operator runs it on the test database; other tests keep their connection."""
    made = app_factory.create_app(settings.model_copy(update={"database_url": postgres.url(LOADER)}))

    def ran(*words: object, typed: str = "") -> Result:
        with own_connections():
            return made.test_cli_runner().invoke(args=[*map(str, words)], input=typed)

    return ran


@pytest.fixture
def above_the_law(engines: dict[str, Engine]) -> Iterator[ActorSession]:
    """A transaction as the administrator, whom no trigger stops; nothing of it is kept."""
    with transactions.transaction(Actor.system("loader"), on=engines["administrator"]) as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        yield session
        session.rollback()


@pytest.fixture
def people(as_loader: Callable[[], AbstractContextManager[ActorSession]]) -> People:
    """`people.patient()`, `people.doctor()`, `people.dispatcher()`, `people.facility()`: new ones for this test."""
    return People(as_loader)


@pytest.fixture
def law(people: People, as_administrator: Callable[[], AbstractContextManager[Connection]]) -> Iterator[Law]:
    """`law.opens(Thing.IMAGES, Role.RADIOLOGIST, facility_id)`: what the region's law opens while the test runs."""
    yield from law_for(as_administrator, people.staff(Role.PRIVACY_OFFICER).id)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that is not signed in."""
    return app.test_client()


@pytest.fixture
def client_for(app: Flask, engines: dict[str, Engine]) -> Callable[[Actor], FlaskClient]:
    """A browser signed in as this person."""

    def signed_in(actor: Actor) -> FlaskClient:
        visitor = app.test_client()
        with app.app_context():
            sign_in(visitor, actor, engines["administrator"])
        return visitor

    return signed_in


@pytest.fixture(scope="session")
def made_without_wall() -> list[CompiledQueries]:
    """The statements that were made while the application's wall was away: making them is most of what that costs."""
    return [WeakKeyDictionary()]


@pytest.fixture
def application_wall_off(
    monkeypatch: pytest.MonkeyPatch, made_without_wall: list[CompiledQueries]
) -> Iterator[None]:
    """Take the application's check away: what is still refused, row-level security refuses alone."""
    monkeypatch.setattr("identity.access.queries.readable_by", lambda session, thing, patient_id, **_: true())
    made_behind_it = exchange_compiled_queries(made_without_wall.pop())
    yield
    made_without_wall.append(exchange_compiled_queries(made_behind_it))


@pytest.fixture
def row_security_off(
    engines: dict[str, Engine], as_administrator: Callable[[], AbstractContextManager[Connection]]
) -> Iterator[None]:
    """Let center_web bypass row-level security: what is still refused, the application refuses alone."""
    with as_administrator() as connection:
        connection.execute(text(f"ALTER ROLE {WEB} BYPASSRLS"))
    close_idle(engines[WEB])
    yield
    with as_administrator() as connection:
        connection.execute(text(f"ALTER ROLE {WEB} NOBYPASSRLS"))
    close_idle(engines[WEB])


# Which walls stand, and the fixture that takes the other one away.
WALLS = {
    "both walls": "",
    "row security alone": "application_wall_off",
    "the application alone": "row_security_off",
}


@pytest.fixture(params=WALLS)
def walled(request: pytest.FixtureRequest) -> Callable[[], None]:
    """The test runs behind both walls, and behind each alone from when it calls `walled()`."""

    def stand() -> None:
        if away := WALLS[request.param]:
            request.getfixturevalue(away)

    return stand


@pytest.fixture
def walls(walled: Callable[[], None]) -> None:
    """The test runs behind both walls, and behind each alone from its beginning."""
    walled()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real inputs that nobody here wrote (SHARED_DATA, else beside the project)."""
    folder = Path(os.environ.get("SHARED_DATA", Path(__file__).parent.parent.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no shared inputs at {folder}; set SHARED_DATA")
    return folder


@pytest.fixture(scope="session")
def shared_cases(shared_data: Path) -> Path:
    """The folder of small inputs that went wrong somewhere, each with what is right (beside the real inputs)."""
    folder = shared_data.parent / "cases"
    if not folder.is_dir():
        pytest.skip(f"no shared cases at {folder}")
    return folder


@pytest.fixture(scope="session")
def right_outcome(shared_cases: Path) -> Callable[[str], str]:
    """`right_outcome("stale-page")`: what the case's folder says should come of it."""

    def told(name: str) -> str:
        lines = (shared_cases / name / "expect.txt").read_text(encoding="utf-8").splitlines()
        (line,) = (each for each in lines if each.startswith("Right outcome: "))
        return line.removeprefix("Right outcome: ")

    return told


@pytest.fixture
def key() -> str:
    """A fresh idempotency key."""
    return secrets.token_hex(16)
