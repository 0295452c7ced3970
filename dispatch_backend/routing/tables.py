"""By what free slots are ranked, as the region enters it: in versions, each of which stays. And what was chosen by them, with the booking that was made."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import FetchedValue

from foundation.database.tables import Base
from foundation.identifiers import new_id
from identity.people.enumerations import AdministrativeGender


class RoutingVersion(Base):
    """What one transaction entered of all that routing goes by; numbered and dated by the database.

    As of a version each thing is as its newest word of that version or one before it says.
    """

    __tablename__ = "routing_version"
    __table_args__ = {"schema": "dispatch"}

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, server_default=FetchedValue())
    entered_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=FetchedValue())


class RoutingWeights(Base):
    """What each part of a slot's cost weighs, from a day on until the next ones begin.

    Attributes:
        breach: for a whole legal term beyond the legal day.
        waiting: for a whole legal term of waiting.
        travel_hour: for an hour of the way.
        outside_order: for a place that the order of the ministry does not name.
    """

    __tablename__ = "routing_weights"
    __table_args__ = {"schema": "dispatch"}

    valid_from: Mapped[date] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(ForeignKey("dispatch.routing_version.number"), primary_key=True)
    breach: Mapped[float]
    waiting: Mapped[float]
    travel_hour: Mapped[float]
    outside_order: Mapped[float]
    basis_en: Mapped[str]
    basis_ru: Mapped[str]


class TravelTime(Base):
    """How many minutes the way from one facility to another takes; the way back is told apart."""

    __tablename__ = "travel_time"
    __table_args__ = {"schema": "dispatch"}

    from_facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"), primary_key=True)
    to_facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"), primary_key=True)
    version: Mapped[int] = mapped_column(ForeignKey("dispatch.routing_version.number"), primary_key=True)
    minutes: Mapped[int]


class RouteRule(Base):
    """Where the ministry's order has patients of a facility go for a service, from one day to another: to its targets."""

    __tablename__ = "route_rule"
    __table_args__ = (
        UniqueConstraint("from_facility_id", "service_code", "valid_from", "version"),
        UniqueConstraint("id", "version"),
        {"schema": "dispatch"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    from_facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"))
    service_code: Mapped[str] = mapped_column(ForeignKey("dispatch.service.code"))
    valid_from: Mapped[date]
    valid_to: Mapped[date] = mapped_column(server_default=text("'infinity'"))
    version: Mapped[int] = mapped_column(ForeignKey("dispatch.routing_version.number"))
    order_number: Mapped[str]
    ordered_on: Mapped[date]
    basis_en: Mapped[str]
    basis_ru: Mapped[str]


class RouteTarget(Base):
    """A place that a rule names; the first is position 1."""

    __tablename__ = "route_target"
    __table_args__ = (
        ForeignKeyConstraint(
            ["rule_id", "version"], ["dispatch.route_rule.id", "dispatch.route_rule.version"]
        ),
        UniqueConstraint("rule_id", "facility_id"),
        {"schema": "dispatch"},
    )

    rule_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"))
    version: Mapped[int]


class Capability(Base):
    """Whom a facility may serve by a licence: patients of these ages, both included, on the days from one to another.

    A facility of which nothing is told for a service serves everybody; `sex` is None where it does not matter.
    """

    __tablename__ = "capability"
    __table_args__ = {"schema": "dispatch"}

    service_code: Mapped[str] = mapped_column(ForeignKey("dispatch.service.code"), primary_key=True)
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(ForeignKey("dispatch.routing_version.number"), primary_key=True)
    valid_to: Mapped[date] = mapped_column(server_default=text("'infinity'"))
    age_from: Mapped[int] = mapped_column(server_default=text("0"))
    age_to: Mapped[int] = mapped_column(server_default=text("150"))
    sex: Mapped[AdministrativeGender | None]


class RoutingDecision(Base):
    """What a dispatcher chose a booking from: the times as they were ranked, the best first.

    Written with the booking or never. When, and by which version, the database says; the booking says for whom.

    Attributes:
        rule_id: of the ministry's order in force.
        shown: `dispatch_backend.routing.queries.decisions.shown_as_kept` of what was shown.
    """

    __tablename__ = "routing_decision"
    __table_args__ = {"schema": "dispatch", "implicit_returning": False}

    booking_id: Mapped[UUID] = mapped_column(ForeignKey("dispatch.booking.id"), primary_key=True)
    decided_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=FetchedValue())
    version: Mapped[int] = mapped_column(
        ForeignKey("dispatch.routing_version.number"), server_default=FetchedValue()
    )
    rule_id: Mapped[UUID | None] = mapped_column(ForeignKey("dispatch.route_rule.id"))
    shown: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
