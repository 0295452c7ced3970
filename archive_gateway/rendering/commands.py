"""`try-pictures`: what is in the archive already, or came before its decoder was installed, is tried now."""

import click
import orjson

from archive_gateway.rendering.queries import series_untried
from archive_gateway.rendering.renderer import Renderer
from archive_gateway.rendering.trying import Trial, try_series
from archive_gateway.store.opening import open_store
from foundation.commands.running import loader_transactions, progress, with_readable_errors
from foundation.web.current_settings import current_settings


@click.command("try-pictures")
@with_readable_errors
def try_pictures() -> None:
    """Decode every compressed picture that nobody has tried yet, and tell which of them cannot be shown."""
    settings = current_settings()
    store = open_store(settings.image_store_url, settings.data_dir)
    with loader_transactions() as transactions, Renderer() as renderer:
        with transactions() as session:
            waiting = series_untried(session)
        trials: list[Trial] = []
        with progress("Trying", total=len(waiting)) as on_progress:
            for done, series_id in enumerate(waiting, 1):
                while found := try_series(
                    series_id, transactions=transactions, store=store, renderer=renderer
                ):
                    trials += found
                on_progress(done)
    broken = [
        {"instance": each.sop_instance_uid, "frames": each.undecodable} for each in trials if each.undecodable
    ]
    told = {"tried": sum(each.tried for each in trials), "undecodable": broken}
    click.echo(orjson.dumps(told).decode())
