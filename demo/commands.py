"""The demo's commands: make the region, and tell whom to try. Production never registers them."""

import json

import click

from demo.region import Size, make_region
from demo.sign_in_hints import people_to_try
from foundation.commands.preflight import ready_url
from foundation.commands.running import stop, with_readable_errors
from foundation.database.process_engines import connect
from foundation.database.transactions import transaction
from foundation.postgres.roles import OWNER
from foundation.settings import Profile, Settings
from foundation.web.current_settings import current_settings
from identity.facilities.enumerations import CENTER_CODE
from identity.facilities.queries import facility_by_code


@click.command("make-demo-region")
@click.option("--scale", default=1.0, show_default=True, help="how large: people, facilities, pictures")
@click.option("--facilities", type=int, help="medical facilities, 140 or more")
@click.option("--people", type=int, help="citizens, 60 or more")
@click.option("--image-copies", type=int, help="how often each picture series is stored")
@click.option("--if-empty", is_flag=True, help="do nothing where there is a region already")
@with_readable_errors
def make_demo_region(
    scale: float, facilities: int | None, people: int | None, image_copies: int | None, if_empty: bool
) -> None:
    """Fill an empty database with the synthetic region."""
    # Slow to import, with all that it draws by; every process of ours lists this command.
    from demo.loading.region import LOADER_ACTOR, load_region

    settings = current_settings()
    _refuse_production(settings)
    size = Size.of(scale).with_numbers(facilities=facilities, people=people, image_copies=image_copies)
    with ready_url(settings, OWNER) as url:
        connect(url, pool_size=1)
        with transaction(LOADER_ACTOR) as session:
            taken = facility_by_code(session, CENTER_CODE) is not None
        if taken and if_empty:
            click.echo(json.dumps({"made": False}))
            return
        if taken:
            stop("There is a region in this database already; the demo needs an empty one.")
        click.echo(json.dumps({"made": True, **load_region(settings, make_region(size), url)}))


@click.command("demo-people")
@click.option("--language", type=click.Choice(["en", "ru"]), default="en", show_default=True)
def demo_people(language: str) -> None:
    """Tell whom to try: name, card and what they show."""
    _refuse_production(current_settings())
    for line in people_to_try(language):
        click.echo(line)


def _refuse_production(settings: Settings) -> None:
    if settings.profile is Profile.PRODUCTION:
        stop("The demo region is never made in production.")


COMMANDS = (make_demo_region, demo_people)
