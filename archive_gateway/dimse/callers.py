"""Which devices may send, and what. A device only says its name (AE title) and proves nothing: the network must keep others out."""

import logging

from archive_gateway.devices.rules import storage_classes_in
from foundation import logs
from foundation.errors import CannotRun
from foundation.settings import Profile, Settings


def permitted_callers(settings: Settings) -> list[str] | None:
    """The AE titles that may send beside the register of devices; None where any may, which production never allows."""
    named = [each.strip() for each in settings.dicom_calling_ae_titles.split(",") if each.strip()]
    if named:
        return named
    if settings.profile is not Profile.PRODUCTION:
        return None
    logs.event(
        "dicom.register_only",
        level=logging.WARNING,
        message="DICOM_CALLING_AE_TITLES names no device, so only those that load-devices has entered may send.",
    )
    return []


def further_storage_classes(settings: Settings) -> list[str]:
    """The kinds of object that every device may send beside the standard's. Raises CannotRun: one of them is no UID."""
    named = storage_classes_in(settings.dicom_further_storage_classes.replace(",", " "))
    if named is None:
        raise CannotRun(
            "DICOM_FURTHER_STORAGE_CLASSES is not a comma-separated list of SOP Class UIDs such as 1.2.840.113619.4.26."
        )
    return named
