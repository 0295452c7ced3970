"""JSON types as FHIR R4 asks for them: the models take "true" for true and "5" for 5, which R4 does not.

The checked model and the raw values are walked side by side; the model says what each value was meant to be.
"""

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import BaseModel

from emr.fhir_import.validation.refusals import BundleRefused

# Elements that may turn what a resource says into its opposite, of which we understand none (FHIR R4, extensibility,
# 2.4.1, and resource, implicitRules): whoever does not understand them must not process the resource.
MODIFIERS = {
    "modifierExtension": "may change the meaning of what stands beside it, and is not understood here",
    "implicitRules": "names rules that may change the meaning of the resource, and they are not understood here",
}


def require_no_modifiers(value: Mapping[str, Any], where: str) -> None:
    """Refuse an element that may change the meaning of what stands beside it.

    Raises:
        BundleRefused: with its place.
    """
    for name, why in MODIFIERS.items():
        if name in value:
            raise BundleRefused(f"{where}.{name}", why)


def require_shapes(model: BaseModel, raw: Mapping[str, Any], where: str) -> None:
    """Refuse a value of another JSON type than its element has, empty elements, and codes with spaces at their ends.

    Raises:
        BundleRefused: with the place of the first one.
    """
    attributes = _attributes(type(model))
    for name, value in raw.items():
        if name == "resourceType":
            continue
        if why := MODIFIERS.get(name):
            raise BundleRefused(f"{where}.{name}", why)
        attribute, is_code = attributes.get(name, (name, False))
        _require(getattr(model, attribute, None), value, f"{where}.{name}", is_code)


@cache
def _attributes(model: type[BaseModel]) -> Mapping[str, tuple[str, bool]]:
    """From the element's name to the model's attribute, and whether the element is a code."""
    return {
        field.alias or name: (name, "Code'" in repr(field.annotation) or ", Code]" in repr(field.annotation))
        for name, field in model.model_fields.items()
    }


def _require(made: Any, value: Any, where: str, is_code: bool) -> None:
    if value is None or value == {} or value == []:
        raise BundleRefused(where, "is empty")
    if isinstance(value, list):
        made = made if isinstance(made, list) else []
        for number, each in enumerate(value):
            # A null in a list of primitives keeps the place of one that has only extensions.
            if each is not None and number < len(made):
                _require(made[number], each, f"{where}[{number}]", is_code)
    elif isinstance(value, Mapping):
        if isinstance(made, BaseModel):
            require_shapes(made, value, where)
    else:
        _require_primitive(made, value, where, is_code)


def _require_primitive(made: Any, value: Any, where: str, is_code: bool) -> None:
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    if isinstance(made, bool):
        fits, expected = isinstance(value, bool), "true or false"
    elif isinstance(made, int):
        fits, expected = is_number and isinstance(value, int), "a whole number"
    elif isinstance(made, float | Decimal):
        fits, expected = is_number, "a number"
    elif isinstance(made, date | time):
        fits, expected = isinstance(value, str), "a date or time as text"
    else:
        fits, expected = (
            not is_code or (isinstance(value, str) and value == value.strip()),
            "a code without spaces around it",
        )
    if not fits:
        raise BundleRefused(where, f"must be {expected}")
