"""Other versions of FHIR: which of them a resource is written in that R4 does not know so."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fhir.resources import R4B, STU3
from fhir.resources import get_fhir_model_class as model_of_r5
from pydantic import ValidationError

# Types that only DSTU2 had.
DSTU2_TYPES = frozenset({
    "Conformance", "DeviceUseRequest", "DiagnosticOrder", "ImagingObjectSelection", "MedicationOrder", "Order",
    "OrderResponse",
})  # fmt: skip
ModelOf = Callable[[str], Any]
MODELS: tuple[tuple[str, ModelOf], ...] = (
    ("STU3", STU3.get_fhir_model_class),
    ("R4B", R4B.get_fhir_model_class),
    ("R5", model_of_r5),
)


def versions_with_type(resource_type: str) -> str:
    """The versions that have a resource type which R4 has not, such as "STU3"; "" where none has it."""
    known = (name for name, model_of in MODELS if _model(model_of, resource_type))
    return " and ".join(["DSTU2"] if resource_type in DSTU2_TYPES else known)


def versions_that_accept(resource: Mapping[str, Any]) -> str:
    """The versions that a resource which is not R4 is right in, such as "R5"; "" where it is in none."""
    return " and ".join(_accepting(resource))


def _accepting(resource: Mapping[str, Any]) -> Iterator[str]:
    for name, model_of in MODELS:
        model = _model(model_of, str(resource["resourceType"]))
        # What R4 refuses and R4B takes is refused by the models of both or by our own checks, and so in neither.
        if name == "R4B" or model is None:
            continue
        try:
            model.model_validate(resource)
        except (ValidationError, ValueError, TypeError, AttributeError, LookupError, RecursionError):
            continue
        yield name


def _model(model_of: ModelOf, resource_type: str) -> Any:
    try:
        return model_of(resource_type)
    except (ValueError, KeyError, LookupError):
        return None
