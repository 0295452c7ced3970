"""A region that an operator makes from nothing, one for each module that asks."""

import json
from collections.abc import Callable, Iterator

import pytest
from click.testing import Result

from foundation.settings import Settings, load_settings
from tests.architecture.house import HOUSE
from tests.conftest import SECRET
from tests.provider_file import one_provider
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
    for name in ("facilities", "staff", "posts", "services", "slots", "devices"):
        (folder / f"{name}.csv").write_text(tables.pop(name), encoding="utf-8")
        said[name] = account_of(run(f"load-{name}", folder / f"{name}.csv"))
    said["patients"] = account_of(run("import-fhir", "--facility", "MF-001", folder / "patients.json"))
    assert not tables
    return said
