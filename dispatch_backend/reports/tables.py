"""The quarterly form as it was counted: kept with its digest, so that the same count at the same moment can be compared."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.tables import Base


class QuarterCount(Base):
    """What was known at `cut_off` of the referrals that were sent in a quarter; never changed.

    Attributes:
        quarter: its first day.
        cut_off: only what had happened by then is counted.
        lines: a line for each facility that referred, as `rules.QuarterLine` says it, by the facility's code.
        sha256: the digest of all of it.
        waits: likewise how long people waited, as `rules.Waits` says it; None where that was not counted.
        waits_sha256: the digest of that.
    """

    __tablename__ = "quarter_count"
    __table_args__ = {"schema": "dispatch"}

    quarter: Mapped[date] = mapped_column(primary_key=True)
    cut_off: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), primary_key=True)
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    sha256: Mapped[str]
    waits: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    waits_sha256: Mapped[str | None]
