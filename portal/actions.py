"""What can change in the portal: notices for the patient, and what they have seen."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session


def notice_entry(session: Session, payload: Mapping[str, Any]) -> None:
    """A note about the patient was signed."""


def notice_referral(session: Session, payload: Mapping[str, Any]) -> None:
    """The patient was referred."""


def notice_booking(session: Session, payload: Mapping[str, Any]) -> None:
    """The patient's referral was booked."""


def notice_cancellation(session: Session, payload: Mapping[str, Any]) -> None:
    """The patient's booking was cancelled."""


def notice_study(session: Session, payload: Mapping[str, Any]) -> None:
    """Images of the patient arrived."""
