"""Turning a file's tables into dataclasses by their fields and types, collecting every fault on the way."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, get_args, get_origin, get_type_hints

from foundation.language.bilingual import BilingualText
from identity.people.rules.assurance import Assurance

LEVEL_NAMES = {level.name.lower(): level for level in Assurance}


@dataclass
class TableReader:
    """Reads tables; `faults` names each key that is unknown, missing or of another type, with its place."""

    faults: list[str] = field(default_factory=list)

    def refuse_unknown(self, table: Mapping[str, Any], known: set[str], where: str = "") -> None:
        for key in sorted(set(table) - known):
            self.faults.append(f"{where}.{key} is not known" if where else f"{key} is not known")

    def read(self, kind: type, table: object, where: str) -> Any:
        """An instance of the dataclass, or None when something was wrong with its table."""
        if not isinstance(table, dict):
            return self._refuse(f"{where} must be a table")
        before, hints, values = len(self.faults), get_type_hints(kind), {}
        self.refuse_unknown(table, {each.name for each in fields(kind)}, where)
        for each in fields(kind):
            if each.name in table:
                values[each.name] = self._value(hints[each.name], table[each.name], f"{where}.{each.name}")
            elif each.default is MISSING and each.default_factory is MISSING:
                self._refuse(f"{where}.{each.name} is missing")
        return kind(**values) if len(self.faults) == before else None

    def _value(self, kind: Any, value: object, where: str) -> Any:
        if get_origin(kind) is tuple:
            return self._list(value, where)
        if get_origin(kind) is not None:
            return self._mapping(get_args(kind)[1], value, where)
        if is_dataclass(kind):
            return self.read(kind, value, where)  # type: ignore[arg-type]
        if kind is BilingualText:
            return self._both_languages(value, where)
        if kind is Assurance:
            return self._level(value, where)
        if issubclass(kind, StrEnum):
            known = value in list(kind)
            return kind(value) if known else self._refuse(f"{where} must be one of {', '.join(kind)}")
        return value if type(value) is kind else self._refuse(f"{where} must be of type {kind.__name__}")

    def _both_languages(self, value: object, where: str) -> BilingualText | None:
        if not isinstance(value, dict):
            return self._refuse(f"{where} must be a table")
        before = len(self.faults)
        self.refuse_unknown(value, set(BilingualText._fields), where)
        for language in BilingualText._fields:
            if language not in value:
                self._refuse(f"{where}.{language} is missing")
            elif not isinstance(value[language], str):
                self._refuse(f"{where}.{language} must be of type str")
        return BilingualText(**value) if len(self.faults) == before else None

    def _level(self, value: object, where: str) -> Assurance | None:
        if isinstance(value, str) and value in LEVEL_NAMES:
            return LEVEL_NAMES[value]
        return self._refuse(f"{where} must be one of {', '.join(LEVEL_NAMES)}")

    def _list(self, value: object, where: str) -> tuple[str, ...] | None:
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return tuple(value)
        return self._refuse(f"{where} must be a list of strings")

    def _mapping(self, kind: type, value: object, where: str) -> Mapping[str, Any] | None:
        if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
            return self._refuse(f"{where} must be a table of strings")
        if kind is not Assurance:
            return MappingProxyType(dict(value))
        for word in sorted(word for word, level in value.items() if level not in LEVEL_NAMES):
            self._refuse(f"{where}.{word} must be one of {', '.join(LEVEL_NAMES)}")
        return MappingProxyType({word: LEVEL_NAMES.get(name, Assurance.NONE) for word, name in value.items()})

    def _refuse(self, fault: str) -> Any:
        self.faults.append(fault)
        return None
