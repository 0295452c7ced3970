"""The column type of FHIR content: JSON whose decimals keep every digit they came with, in and out."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Text, type_coerce
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import UserDefinedType

from foundation.canonical_json import canonical_json, read_json


class FhirJson(UserDefinedType[dict[str, Any]]):
    """jsonb, written and read as text: the driver's own decoder would make floats of decimals."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        return "JSONB"

    def bind_processor(self, dialect: Any) -> Callable[[dict[str, Any] | None], str | None]:
        return lambda value: None if value is None else canonical_json(value)

    def column_expression(self, colexpr: ColumnElement[Any]) -> ColumnElement[Any]:
        return type_coerce(colexpr.cast(Text), FhirJsonText())


class FhirJsonText(UserDefinedType[dict[str, Any]]):
    """The text of a jsonb column on its way to Python."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        return "TEXT"

    def result_processor(self, dialect: Any, coltype: Any) -> Callable[[str | None], dict[str, Any] | None]:
        return lambda text: None if text is None else read_json(text)
