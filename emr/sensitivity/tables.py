"""The rules by which entries are labelled, and by which rules they all were last."""

from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from emr.sensitivity.enumerations import Label
from foundation.database.tables import Base
from foundation.identifiers import new_id


class LabelRule(Base):
    """Codes of a system, from one to another, demand a label while the rule is valid (both days included).

    `compared`: so many characters of a code are looked at; NULL where the whole code is meant.
    """

    __tablename__ = "label_rule"
    __table_args__ = {"schema": "emr"}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    system: Mapped[str]
    code_from: Mapped[str]
    code_to: Mapped[str]
    compared: Mapped[int | None]
    label: Mapped[Label]
    basis_en: Mapped[str]
    basis_ru: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date] = mapped_column(server_default=text("'infinity'"))


class Labelling(Base):
    """By which rules every entry was labelled last; no row where nobody knows."""

    __tablename__ = "labelling"
    __table_args__ = {"schema": "emr", "implicit_returning": False}

    digest: Mapped[str] = mapped_column(primary_key=True)
