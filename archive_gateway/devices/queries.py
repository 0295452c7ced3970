"""Devices by the name with which they call."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from archive_gateway.devices.tables import Device
from foundation.database.transactions import ActorSession


@dataclass(frozen=True, slots=True)
class DeviceCard:
    """What the listener has to know of a device; see `archive_gateway.devices.tables.Device`."""

    ae_title: str
    called_ae_title: str
    facility_id: UUID
    storage_classes: tuple[str, ...]
    default_character_set: str


def device_named(session: ActorSession, ae_title: str) -> DeviceCard | None:
    """The device that calls with this AE title; None where the register does not know it."""
    row = session.scalar(select(Device).where(Device.ae_title == ae_title))
    if row is None:
        return None
    return DeviceCard(
        ae_title=row.ae_title,
        called_ae_title=row.called_ae_title,
        facility_id=row.facility_id,
        storage_classes=tuple(row.storage_classes),
        default_character_set=row.default_character_set,
    )
