"""FHIR R4 in XML, read into the values that the same resource has in JSON (FHIR R4, xml and json).

Document types are refused, so that no entity can be declared; depth, size and the number of elements are bounded as they are for JSON.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple
from xml.parsers import expat

from fhir.resources.R4B import get_fhir_model_class
from pydantic import BaseModel

from emr.content.rules.narrative import XHTML
from emr.fhir_import.validation.refusals import BundleRefused

FHIR, HL7_V3 = "http://hl7.org/fhir", "urn:hl7-org:v3"
SEPARATOR = " "
# Of which R4 has none in an element beside these.
ATTRIBUTES = frozenset({"id", "url", "value"})
COMPLEX = re.compile(r"abc\.(\w+)Type\b")
WHOLE = re.compile(r"-?(?:0|[1-9]\d{0,39})")
# XML Schema allows a plus sign and a bare point; FHIR's decimal does not (R4, datatypes, decimal).
DECIMAL = re.compile(r"-?(?:0|[1-9]\d{0,39})(?:\.\d{1,40})?(?:[eE][+-]?\d{1,3})?")


@dataclass(slots=True)
class Node:
    """One element as it was written; `begin` and `end` are its bytes in the file."""

    namespace: str
    name: str
    attributes: Mapping[str, str]
    begin: int
    end: int = 0
    children: list["Node"] = field(default_factory=list)


class ElementKind(NamedTuple):
    """What R4 says of an element: whether it repeats, and its type: a name, or a primitive of JSON."""

    many: bool
    type_name: str


def values_in_xml(text: str, *, deepest: int, most: int) -> Any:
    """The values of the resource that an XML text is.

    Args:
        deepest: how many levels of elements there may be.
        most: how many elements; the markup of narratives does not count.

    Raises:
        BundleRefused: it is no well-formed XML, or not FHIR; with the place.
    """
    raw = text.encode()
    root = _Reader(raw, deepest, most).root()
    if root.namespace == HL7_V3:
        what = "CDA document" if root.name == "ClinicalDocument" else "HL7 v3 message"
        raise BundleRefused("file", f"is a {what}, not FHIR")
    if root.namespace != FHIR:
        raise BundleRefused("file", f"is XML, but not FHIR: its root is {root.name[:60]!r}")
    return _resource(root, root.name[:60], raw)


class _Reader:
    """Builds the tree, and refuses what XML can do that FHIR never needs."""

    def __init__(self, raw: bytes, deepest: int, most: int) -> None:
        self._raw = raw
        self._deepest = deepest
        self._most = most
        self._count = 0
        self._open: list[Node] = []
        self._root: Node | None = None
        # Within a narrative nothing is built: its markup is kept as it was written.
        self._within_narrative = 0
        self._parser = expat.ParserCreate("utf-8", SEPARATOR)
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._hear

    def root(self) -> Node:
        try:
            self._parser.Parse(self._raw, True)
        except expat.ExpatError as fault:
            place = f"line {fault.lineno}, column {fault.offset + 1}"
            raise BundleRefused(place, f"is not well-formed XML: {expat.ErrorString(fault.code)}") from fault
        assert self._root is not None  # noqa: S101 # a well-formed document has one
        return self._root

    def _begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._within_narrative:
            self._within_narrative += 1
            return
        if len(self._open) >= self._deepest:
            raise BundleRefused(self._place(), f"is nested deeper than {self._deepest} levels")
        self._count += 1
        if self._count > self._most:
            raise BundleRefused(
                self._place(), f"holds more than {self._most} elements; send it in several files"
            )
        namespace, _, local = name.rpartition(SEPARATOR)
        node = Node(namespace, local, attributes, self._parser.CurrentByteIndex)
        if self._open:
            self._open[-1].children.append(node)
        else:
            self._root = node
        self._open.append(node)
        if namespace == XHTML:
            self._within_narrative = 1

    def _end(self, _name: str) -> None:
        if self._within_narrative:
            self._within_narrative -= 1
            if self._within_narrative:
                return
        node = self._open.pop()
        # After an element that is closed in its own tag the parser stands behind it already.
        at = self._parser.CurrentByteIndex
        node.end = self._raw.index(b">", at) + 1 if self._raw.startswith(b"</", at) else at

    def _hear(self, text: str) -> None:
        if not self._within_narrative and text.strip():
            raise BundleRefused(self._place(), "holds text outside of any value")

    def _refuse_doctype(self, *_declared: object) -> None:
        raise BundleRefused(self._place(), "declares a document type, which FHIR does not have")

    def _place(self) -> str:
        return f"line {self._parser.CurrentLineNumber}, column {self._parser.CurrentColumnNumber + 1}"


def _resource(node: Node, where: str, raw: bytes) -> dict[str, Any]:
    return {"resourceType": node.name, **_elements(node, node.name, where, raw)}


def _elements(node: Node, type_name: str, where: str, raw: bytes) -> dict[str, Any]:
    """An element's attributes and children, under their names in JSON."""
    kinds = _kinds_of(type_name)
    # Attributes of a namespace, such as xsi:schemaLocation, say nothing of the content.
    if foreign := sorted(each for each in set(node.attributes) - ATTRIBUTES if SEPARATOR not in each):
        raise BundleRefused(where, f"has an attribute {foreign[0][:60]!r}, which FHIR does not have")
    made: dict[str, Any] = {name: value for name, value in node.attributes.items() if name in ("id", "url")}
    counted: dict[str, int] = {}
    for child in node.children:
        counted[child.name] = counted.get(child.name, 0) + 1
    for child in node.children:
        kind = kinds.get(child.name, ElementKind(counted[child.name] > 1, ""))
        if counted[child.name] > 1 and not kind.many:
            raise BundleRefused(f"{where}.{child.name}", "comes more than once")
        seen = made.get(child.name) or made.get(f"_{child.name}") or ()
        place = f"{where}.{child.name}" + (f"[{len(seen)}]" if kind.many else "")
        _add(made, child, kind, place, raw)
    return made


def _add(made: dict[str, Any], child: Node, kind: ElementKind, where: str, raw: bytes) -> None:
    if child.namespace == XHTML:
        made[child.name] = raw[child.begin : child.end].decode()
    elif child.namespace != FHIR:
        raise BundleRefused(where, "is not an element of FHIR: it has another namespace")
    elif kind.type_name == "Resource":
        for each in child.children:
            _put(made, child.name, _resource(each, where, raw), many=kind.many)
    elif kind.type_name in PRIMITIVES or (not kind.type_name and "value" in child.attributes):
        _add_primitive(made, child, kind, where, raw)
    elif "value" in child.attributes:
        raise BundleRefused(where, "has a value of its own, though it is made of elements")
    else:
        _put(made, child.name, _elements(child, kind.type_name or "Element", where, raw), many=kind.many)


def _put(made: dict[str, Any], name: str, value: dict[str, Any], *, many: bool) -> None:
    if many:
        made.setdefault(name, []).append(value)
    else:
        made[name] = value


def _add_primitive(made: dict[str, Any], child: Node, kind: ElementKind, where: str, raw: bytes) -> None:
    """A value, and beside it under the same name with an underscore its id and extensions."""
    written = child.attributes.get("value")
    value = None if written is None else _primitive(written, kind.type_name)
    beside = {} if not child.children and "id" not in child.attributes else (
        _elements(child, "Element", where, raw)
    )  # fmt: skip
    if not kind.many:
        if value is not None:
            made[child.name] = value
        if beside or value is None:
            made[f"_{child.name}"] = beside
        return
    values, extensions = made.setdefault(child.name, []), made.get(f"_{child.name}")
    values.append(value)
    if beside:
        extensions = made.setdefault(f"_{child.name}", [None] * (len(values) - 1))
    if extensions is not None:
        extensions.append(beside or None)


def _primitive(written: str, type_name: str) -> Any:
    """As JSON would have it; what is not of the type stays text, and is refused at its place by whoever checks."""
    if type_name == "bool" and written in ("true", "false"):
        return written == "true"
    if type_name == "int" and WHOLE.fullmatch(written):
        return int(written)
    if type_name == "Decimal" and DECIMAL.fullmatch(written):
        return Decimal(written)
    return written


PRIMITIVES = frozenset({"bool", "int", "Decimal", "str"})


@cache
def _kinds_of(type_name: str) -> Mapping[str, ElementKind]:
    """The elements of a type of R4, by name; none of a type that nobody knows."""
    try:
        model: type[BaseModel] = get_fhir_model_class(type_name)
    except (ValueError, KeyError, AttributeError, LookupError):
        return {}
    return {each.alias or name: _kind(repr(each.annotation)) for name, each in model.model_fields.items()}


def _kind(annotation: str) -> ElementKind:
    many = "List[" in annotation
    if found := COMPLEX.search(annotation):
        return ElementKind(many, found[1])
    names = (("bool", "bool"), ("Integer(", "int"), ("PositiveInt(", "int"), ("UnsignedInt(", "int"),
             ("Decimal(", "Decimal"))  # fmt: skip
    return ElementKind(many, next((kind for sign, kind in names if sign in annotation), "str"))
