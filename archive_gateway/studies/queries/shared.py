"""What a link opens of a person's images: the one study that was shared, with all that it holds."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, false

from archive_gateway.studies.tables.instances import Instance
from archive_gateway.studies.tables.series import Series, SeriesMetadata
from archive_gateway.studies.tables.studies import Study
from foundation.actor import SharedPart
from identity.access.queries import say_what_links_open


def say_what_links_open_of_images() -> None:
    for table in (Study, Series, SeriesMetadata, Instance):
        say_what_links_open(table, _of_study(table))


def _of_study(table: Any) -> Callable[[SharedPart], ColumnElement[bool]]:
    def opened(part: SharedPart) -> ColumnElement[bool]:
        same: ColumnElement[bool] = table.study_instance_uid == part.study_uid
        return same if part.study_uid else false()

    return opened
