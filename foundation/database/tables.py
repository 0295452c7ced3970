"""Every table's parent."""

from enum import StrEnum
from typing import ClassVar, TypeVar

from sqlalchemy import Dialect, Enum, MetaData, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase


def _words(enumeration: type[StrEnum]) -> list[str]:
    return [member.value for member in enumeration]


class Base(DeclarativeBase):
    """Every table's parent. Names of constraints are fixed so that migrations can drop them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    # Enumerations are kept as text with their own words, so that a new word needs no ALTER TYPE.
    type_annotation_map: ClassVar = {
        StrEnum: Enum(StrEnum, native_enum=False, create_constraint=False, length=40, values_callable=_words),
    }


EnumType = TypeVar("EnumType", bound=StrEnum)


class StoredEnum(TypeDecorator[EnumType]):
    """A column of an enumeration that reads former words too: those that its `_missing_` knows. It writes today's."""

    impl = Text
    cache_ok = True

    def __init__(self, enumeration: type[EnumType]) -> None:
        super().__init__()
        self.enumeration = enumeration

    def process_bind_param(self, value: EnumType | None, dialect: Dialect) -> str | None:
        return None if value is None else value.value

    def process_result_value(self, value: str | None, dialect: Dialect) -> EnumType | None:
        return None if value is None else self.enumeration(value)
