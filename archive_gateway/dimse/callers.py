"""Which devices may send. A device only says its name (AE title) and proves nothing: the network must keep others out."""

import logging

from foundation import logs
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
