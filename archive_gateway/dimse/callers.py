"""Which devices may send. A device only says its name (AE title) and proves nothing: the network must keep others out."""

import logging

from foundation import logs
from foundation.settings import Profile, Settings


def permitted_callers(settings: Settings) -> list[str] | None:
    """The AE titles that the operator names; None where any device may send, which production never allows."""
    named = [each.strip() for each in settings.dicom_calling_ae_titles.split(",") if each.strip()]
    if named:
        return named
    if settings.profile is not Profile.PRODUCTION:
        return None
    logs.event(
        "dicom.closed",
        level=logging.WARNING,
        message="DICOM_CALLING_AE_TITLES names no device, so every device is refused.",
    )
    return []
