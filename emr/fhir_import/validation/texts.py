"""From bytes to plain values: JSON or XML as FHIR allows it, and nothing that would hurt us further in."""

import json
import re
from collections import Counter
from decimal import Decimal, InvalidOperation
from typing import Any

from emr.fhir_import.validation.encodings import decoded
from emr.fhir_import.validation.refusals import BundleRefused
from emr.fhir_import.validation.xml import values_in_xml

LARGEST_BYTES = 200 * 1024 * 1024
# Its elements take more memory than those of JSON before they are values.
LARGEST_XML_BYTES = 40 * 1024 * 1024
# The deepest resource of the specification's own examples has 19 levels.
DEEPEST = 64
# Each takes far more memory as a value than as the few bytes it is written in; honest JSON of 100 MB has fewer.
MOST_PARTS = 2_000_000
# Every object, list and value but the first begins after one of them; in a text they count too, which does no harm.
MARKS = "{[,"
MOST_DIGITS = 40
LARGEST_EXPONENT = 30
# FHIR R4, datatypes, string: no control characters but tab, line feed and carriage return.
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
# A text, also one that is never closed: whatever is read once is not looked at again.
BRACKETS = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[{]|[\]}]', re.DOTALL)


def read_text(raw: bytes) -> Any:
    """The plain values that these bytes say.

    Raises:
        BundleRefused: not UTF-8, neither JSON nor XML of FHIR, too deep, of too many parts, or with numbers or characters that FHIR does not have.
    """
    if len(raw) > LARGEST_BYTES:
        raise BundleRefused("file", f"is larger than {LARGEST_BYTES // 1024 // 1024} MB")
    text = decoded(raw)
    is_xml = text.lstrip().startswith("<")
    if is_xml and len(raw) > LARGEST_XML_BYTES:
        raise BundleRefused(
            "file", f"is larger than {LARGEST_XML_BYTES // 1024 // 1024} MB; send it as FHIR JSON"
        )
    value = values_in_xml(text, deepest=DEEPEST, most=MOST_PARTS) if is_xml else _values_in_json(text)
    _require_clean(value, "")
    return value


def _values_in_json(text: str) -> Any:
    if sum(text.count(mark) for mark in MARKS) > MOST_PARTS:
        raise BundleRefused("file", f"holds more than {MOST_PARTS} values; send it in several files")
    _require_shallow(text)
    try:
        return json.loads(
            text,
            parse_float=_decimal,
            parse_int=_whole,
            parse_constant=_no_constant,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as fault:
        raise BundleRefused(
            f"line {fault.lineno}, column {fault.colno}", f"is not JSON: {fault.msg}"
        ) from fault


def _require_shallow(text: str) -> None:
    """Count brackets before parsing: a file of a million of them must not exhaust the stack."""
    depth = 0
    for found in BRACKETS.finditer(text):
        sign = found[0]
        if sign in "[{":
            depth += 1
            if depth > DEEPEST:
                raise BundleRefused(f"character {found.start()}", f"is nested deeper than {DEEPEST} levels")
        elif sign in "]}":
            depth -= 1


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise BundleRefused("file", "holds a number that cannot be read") from None
    _require_ordinary(number)
    return number


def _whole(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise BundleRefused("file", f"holds a number with more than {MOST_DIGITS} digits")
    return int(text)


def _require_ordinary(number: Decimal) -> None:
    exponent = number.as_tuple().exponent
    digits = len(number.as_tuple().digits)
    size = number.adjusted() if number else 0
    if (
        digits > MOST_DIGITS
        or abs(size) > LARGEST_EXPONENT
        or not isinstance(exponent, int)
        or -exponent > MOST_DIGITS
    ):
        raise BundleRefused("file", "holds a number that no measurement can have")


def _no_constant(name: str) -> Any:
    raise BundleRefused("file", f"holds {name}, which is not a number in JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        twice = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise BundleRefused("file", f"names {twice[:60]!r} twice in one object")
    return made


def _require_clean(value: Any, where: str) -> None:
    if isinstance(value, str):
        if found := FORBIDDEN.search(value):
            raise BundleRefused(
                where or "file", f"holds the character U+{ord(found[0]):04X}, which FHIR text may not"
            )
    elif isinstance(value, dict):
        for name, each in value.items():
            _require_clean(name, where)
            _require_clean(each, f"{where}.{name}" if where else name)
    elif isinstance(value, list):
        for place, each in enumerate(value):
            _require_clean(each, f"{where}[{place}]")
