"""A region of a tenth in a database of its own: other tests' people never meet it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from demo.citizens import Citizen
from demo.loading.region import load_region
from demo.region import Region, Size, make_region
from foundation.actor import Actor, ActorKind
from foundation.database import process_engines, transactions
from foundation.database.migrations import migrate
from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id
from foundation.postgres.embedded.running import running
from foundation.postgres.roles import LOADER, OWNER, WEB
from foundation.settings import Settings, load_settings
from identity.roles import Role
from tests.conftest import SECRET

SCALE = 0.1


@dataclass(frozen=True)
class Loaded:
    """The region that was made, what the command counted, and a way in as anybody."""

    region: Region
    counted: dict[str, float]
    settings: Settings
    reading_as: Callable[[Actor], AbstractContextManager[ActorSession]]
    loading: Callable[[], AbstractContextManager[ActorSession]]

    def actor_of(self, citizen: Citizen) -> Actor:
        """A citizen of the region who has just signed in."""
        return Actor(ActorKind.CITIZEN, account_id=new_id(), patient_id=citizen.id, role=Role.PATIENT.value)


@pytest.fixture(scope="session")
def loaded(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    folder: Path = tmp_path_factory.mktemp("demo")
    settings = load_settings(
        {"PROFILE": "test", "SECRET_KEY": SECRET, "DATA_DIR": str(folder), "LOG_LEVEL": "ERROR"}
    )
    region = make_region(Size.of(SCALE))
    with running(folder, durable=False) as address:
        migrate(address.url(OWNER))
        web = process_engines.make_engine(address.url(WEB), pool_size=2)
        loader = process_engines.make_engine(address.url(LOADER), pool_size=1)
        counted = load_region(settings, region, address.url(OWNER))
        yield Loaded(
            region,
            counted,
            settings,
            reading_as=lambda actor: transactions.transaction(actor, on=web),
            loading=lambda: _as_loader(loader),
        )
        web.dispose()
        loader.dispose()


def _as_loader(engine: Engine) -> AbstractContextManager[ActorSession]:
    return transactions.transaction(Actor.system("loader"), on=engine)
