"""A region that an operator makes from nothing, one for each module that asks."""

import json
from collections.abc import Callable, Iterator

import pytest
from click.testing import Result

import app_factory
from foundation.settings import Settings, load_settings
from tests.architecture.house import HOUSE
from tests.conftest import SECRET
from tests.connections import own_connections
from tests.identity.provider_process import (
    RunningProvider,
    providers_for,
    running_provider,
    signing_in_through,
)
from tests.ports import free_ports
from tests.provider_file import one_provider
from tests.runtime.first_booking import book_first
from tests.runtime.operators_database import (
    admins_url,
    somebodys_server,
)
from tests.runtime.regions import EXAMPLE, account_of, one_patient, run_as


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The settings of a production whose database is empty."""
    folder = tmp_path_factory.mktemp("production")
    (folder / "providers.toml").write_text(one_provider(), encoding="utf-8")
    with somebodys_server(folder / "server") as address:
        yield load_settings(
            {
                "PROFILE": "production",
                "PUBLIC_URL": "https://health.example",
                "SECRET_KEY": SECRET,
                "DATABASE_URL": admins_url(address),
                "DATA_DIR": str(folder / "data"),
                "IDENTITY_PROVIDERS_FILE": str(folder / "providers.toml"),
                "LOG_LEVEL": "ERROR",
            }
        )


@pytest.fixture(scope="module")
def run(production: Settings) -> Callable[..., Result]:
    """`run("migrate")` as the operator types it."""

    return lambda *words: run_as(production, *words)


@pytest.fixture(scope="module")
def filled_region(
    run: Callable[..., Result], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, object]]:
    """The region of the examples in docs/filling_a_region.md; what each command said."""
    folder = tmp_path_factory.mktemp("tables")
    document = (HOUSE / "docs" / "filling_a_region.md").read_text(encoding="utf-8")
    tables = dict(EXAMPLE.findall(document))
    (folder / "patients.json").write_text(json.dumps(one_patient()), encoding="utf-8")
    said = {}
    assert run("migrate").exit_code == 0
    assert run("load-dispatch-reference").exit_code == 0
    registers = ("facilities", "staff", "posts", "services", "calendar", "slots", "travel-times")
    routing = ("routing-weights", "route-orders", "capabilities")
    for name in (*registers, *routing, "equipment", "expenses", "devices"):
        (folder / f"{name}.csv").write_text(tables.pop(name), encoding="utf-8")
        said[name] = account_of(run(f"load-{name}", folder / f"{name}.csv"))
    said["patients"] = account_of(run("import-fhir", "--facility", "MF-001", folder / "patients.json"))
    assert not tables
    return said


@pytest.fixture(scope="module")
def provider(production: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProvider]:
    """A provider on this machine in the place of the state's: production believes only one with TLS of its own."""
    port = free_ports()
    own = production.model_copy(update={"port": port, "public_url": f"http://127.0.0.1:{port}"})
    with running_provider(tmp_path_factory.mktemp("provider"), own) as running:
        yield running


@pytest.fixture(scope="module")
def first_booking(production: Settings, provider: RunningProvider, filled_region: object) -> str:
    """What the dispatcher reads who made the first booking of the region."""
    with own_connections():
        made = app_factory.create_web(production)
        with signing_in_through(made, provider.settings, providers_for(provider.settings)):
            return book_first(made, provider)
