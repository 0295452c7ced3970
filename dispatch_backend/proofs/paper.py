"""A proof as a file: the words of its page on A4, and within it each event as it was sealed, so that whoever holds the file can verify it."""

from dataclasses import asdict
from pathlib import Path

from dispatch_backend.proofs.queries import Proof
from dispatch_backend.proofs.sheet import sheet_of
from dispatch_backend.referrals.rules.history import sealed_text
from foundation.language.translation import gettext
from foundation.paper.setting import set_pdf

TEMPLATE = Path(__file__).with_name("proof.typ")


def pdf_of(proof: Proof) -> bytes:
    """The proof in the reader's language, as a PDF. Raises Busy where too many are being made."""
    return set_pdf(
        TEMPLATE,
        {**asdict(sheet_of(proof)), "words": _words(), "events": _events(proof)},
        at=proof.at,
    )


def _events(proof: Proof) -> list[list[int]]:
    """The bytes of each event, a line each: not texts to be shown, since a seal vouches for every character."""
    return [list(sealed_text(each).encode()) for each in proof.events]


def _words() -> dict[str, str]:
    return {
        "author": gettext("Dispatching Center"),
        "reason": gettext("Reason"),
        "steps": gettext("What happened when"),
        "tries": gettext("Bookings"),
        "no_tries": gettext("No time has been booked."),
        "booked": gettext("Booked on"),
        "whether": gettext("Whether the history was changed afterwards"),
        "seals": gettext("Seals of the events (SHA-256)"),
        "again": gettext("How to verify it again"),
        "events": gettext("Each event as it was sealed, one on a line"),
    }
