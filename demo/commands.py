"""The demo's commands: make the region, and tell whom to try. Production never registers them."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from demo.cards_file import write_cards
from demo.loading.dispatch import load_dispatch
from demo.loading.pictures import load_pictures
from demo.loading.population import load_population
from demo.loading.records import load_records
from demo.region import Region, Size, make_region
from demo.telling import people_to_try
from foundation.actor import Actor
from foundation.clock import now
from foundation.connections import reachable
from foundation.database import connect, transaction
from foundation.database_roles import LOADER
from foundation.settings import Profile, Settings
from foundation.web import current_settings
from identity.queries import CENTER_CODE, facility_by_code

LOADER_ACTOR = Actor.system("loader")
PARTS = 3


@click.command("make-demo-region")
@click.option("--scale", default=1.0, show_default=True, help="how large: people, facilities, pictures")
@click.option("--facilities", type=int, help="medical facilities, 140 or more")
@click.option("--people", type=int, help="citizens, 60 or more")
@click.option("--image-copies", type=int, help="how often each picture series is stored")
@click.option("--if-empty", is_flag=True, help="do nothing where there is a region already")
def make_demo_region(
    scale: float, facilities: int | None, people: int | None, image_copies: int | None, if_empty: bool
) -> None:
    """Fill an empty database with the synthetic region."""
    settings = current_settings()
    _refuse_production(settings)
    size = Size.of(scale).with_numbers(facilities=facilities, people=people, image_copies=image_copies)
    with reachable(settings, LOADER) as url:
        connect(url, pool_size=PARTS)
        with transaction(LOADER_ACTOR) as session:
            taken = facility_by_code(session, CENTER_CODE) is not None
        if taken and if_empty:
            click.echo(json.dumps({"made": False}))
            return
        if taken:
            raise click.ClickException(
                "There is a region in this database already; the demo needs an empty one."
            )
        click.echo(json.dumps({"made": True, **load_region(settings, make_region(size))}))


def load_region(settings: Settings, region: Region, *, on: Engine | None = None) -> dict[str, float]:
    """Load everything: the people first, then what is known of them; how many of what, and in how many seconds.

    Args:
        on: another engine than the process' own, with at least three connections.
    """
    began = time.monotonic()

    def opened() -> AbstractContextManager[Session]:
        return transaction(LOADER_ACTOR, on=on)

    def in_one(load: Callable[[Session], int]) -> int:
        with opened() as session:
            return load(session)

    with opened() as session:
        load_population(session, region)
    # Three parts that know nothing of each other: while one waits for the database, the next one reckons or draws.
    with ThreadPoolExecutor(max_workers=PARTS) as threads:
        referrals = threads.submit(in_one, lambda session: load_dispatch(session, region, now()))
        entries = threads.submit(in_one, lambda session: load_records(session, region))
        pictures = threads.submit(load_pictures, settings, region, opened)
    counted = {"entries": entries.result(), "referrals": referrals.result(), "pictures": pictures.result()}
    write_cards(settings.data_dir)
    return {
        "facilities": len(region.facilities) - 1,
        "staff": len(region.staff),
        "citizens": len(region.citizens),
        **counted,
        "seconds": round(time.monotonic() - began, 1),
    }


@click.command("demo-people")
@click.option("--language", type=click.Choice(["en", "ru"]), default="en", show_default=True)
def demo_people(language: str) -> None:
    """Tell whom to try: name, card and what they show."""
    _refuse_production(current_settings())
    for line in people_to_try(language):
        click.echo(line)


def _refuse_production(settings: Settings) -> None:
    if settings.profile is Profile.PRODUCTION:
        raise click.ClickException("The demo region is never made in production.")


COMMANDS = (make_demo_region, demo_people)
