"""Commands of the times that facilities offer: load-slots."""

from collections.abc import Sequence
from typing import Any

from dispatch_backend.capacity.actions import ToldSlot, enter_told_slots
from foundation.clock import now
from foundation.commands.csv_table import Column
from foundation.commands.csv_values import code, moment, text_up_to
from foundation.commands.register_loading import Register, loading_command
from foundation.database.transactions import ActorSession
from foundation.language.bilingual import BilingualText
from foundation.registers import Entered


def _enter(session: ActorSession, told: Sequence[dict[str, Any]]) -> Entered:
    slots = [
        ToldSlot(
            service_code=each["service"],
            facility_code=each["facility"],
            resource=BilingualText(each["resource_en"], each["resource_ru"]),
            starts_at=each["starts_at"],
            ends_at=each["ends_at"],
        )
        for each in told
    ]
    return enter_told_slots(session, slots, at=now())


load_slots = loading_command(
    "load-slots",
    "Offer times at doctors, rooms and devices from a CSV file.",
    Register(
        columns=(
            Column("service", code),
            Column("facility", code),
            Column("resource_en", text_up_to()),
            Column("resource_ru", text_up_to()),
            Column("starts_at", moment),
            Column("ends_at", moment),
        ),
        key=("facility", "resource_en", "starts_at"),
        enter=_enter,
    ),
)
