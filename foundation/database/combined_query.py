"""A page's selects in one statement, which is compiled once and then only sent with other values.

Compiling a statement costs as much as running it, and each answer of its own is a way to the server and back. A combined
query is told once how its selects are made; stand-ins take the places of who asks and about whom, and give them up when it
is fetched.
"""

from collections import namedtuple
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, time
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, TypeAlias, cast
from uuid import UUID, uuid4
from weakref import WeakKeyDictionary, WeakSet

import orjson
from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    BindParameter,
    ColumnElement,
    Date,
    DateTime,
    Dialect,
    Double,
    Float,
    LargeBinary,
    Select,
    Text,
    Time,
    Uuid,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeEngine

from foundation.actor import Actor
from foundation.database.far_moments import moment_of_json
from foundation.database.prepared_statement import PreparedStatement
from foundation.database.transactions import ActorSession

Selects: TypeAlias = Mapping[str, Select[Any]]
Make: TypeAlias = Callable[..., Selects]
Convert: TypeAlias = Callable[[Any], Any]

# Shapes differ by what the reader has narrowed the page to; more than so many are not worth keeping.
MOST_SHAPES = 200
TYPES: Mapping[type, TypeEngine[Any]] = {
    UUID: Uuid(),
    datetime: TIMESTAMP(timezone=True),
    date: Date(),
    str: Text(),
    int: BigInteger(),
    float: Double(),
    list: ARRAY(Uuid()),  # of identifiers
}
# The same facilities, services, people and slots are told again and again, and are read in their first page's time.
MOST_IDENTIFIERS = 20_000
# What JSON tells as text or number.
CONVERTERS: tuple[tuple[type[TypeEngine[Any]], Convert], ...] = (
    (Uuid, lru_cache(MOST_IDENTIFIERS)(UUID)),
    (DateTime, moment_of_json),
    (Date, date.fromisoformat),
    (Time, time.fromisoformat),
    (LargeBinary, lambda text: bytes.fromhex(text[2:])),
)

# Begins the names of the actor's own values, which no other value has.
OF_ACTOR = "actor."

NO_ROWS: ColumnElement[Any] = literal_column("'[]'::json")

_combined_queries: WeakSet["CombinedQuery"] = WeakSet()


class StandIn(UUID):
    """Stands in a statement for something of the actor's that is known only when it is asked."""


def together(*parts: Selects) -> Selects:
    """The selects of several parts of a page.

    Raises:
        ValueError: two parts call something the same, and one of them would not be asked.
    """
    joined: dict[str, Select[Any]] = {}
    for part in parts:
        if twice := sorted(joined.keys() & part.keys()):
            raise ValueError(f"two parts of a page ask for: {', '.join(twice)}")
        joined.update(part)
    return joined


@dataclass(frozen=True)
class _SelectContext:
    """What a select is made with in place of a session: it knows only what kind of actor will ask, and what was made for it."""

    actor: Actor
    made: dict[Hashable, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _CompiledQuery:
    """The statement; which values of the actor's it is sent; how each part's rows are read."""

    statement: PreparedStatement
    of_actor: tuple[str, ...]
    parts: tuple[tuple[str, Callable[[list[Any]], Any]], ...]


class CombinedQuery:
    """Selects by name, asked together.

    Args:
        make: is given something that knows the kind of actor as a session does, then the shape, then for every value a
            placeholder of its name.
    """

    def __init__(self, make: Make) -> None:
        self._make = make
        self._compiled_by_shape: dict[Hashable, _CompiledQuery] = {}
        _combined_queries.add(self)

    def fetch(self, session: ActorSession, *shape: Hashable, **values: Any) -> Any:
        """The rows of every select, by its name.

        Args:
            shape: what decides how the statement is made.
            values: what is filled in.
        """
        connection = session.connection()
        made = self._compiled_for(session.actor, shape, values, connection.dialect)
        actor = session.actor
        varying = [*values.values(), *(getattr(actor, name) for name in made.of_actor)]
        ((told,),) = made.statement.rows(connection, varying)
        answer = orjson.loads(told)
        return SimpleNamespace(
            **{
                name: [read(row) for row in rows]
                for (name, read), rows in zip(made.parts, answer, strict=True)
            }
        )

    def exchange(self, compiled: dict[Hashable, _CompiledQuery]) -> dict[Hashable, _CompiledQuery]:
        """Take these statements, by their shape, for those that were made, and hand those over."""
        before, self._compiled_by_shape = self._compiled_by_shape, compiled
        return before

    def _compiled_for(
        self, actor: Actor, shape: tuple[Hashable, ...], values: Mapping[str, Any], dialect: Dialect
    ) -> _CompiledQuery:
        # Whatever a select may branch on. Identifiers of the actor are stood in for, so theirs is only which there are.
        key = (
            actor.kind,
            actor.role,
            actor.scopes,
            actor.hidden_labels,
            actor.opened_by_law,
            # What is shared stands in the statement itself.
            actor.shared,
            tuple(_known(actor)),
            shape,
            tuple(values),
        )
        made = self._compiled_by_shape.get(key)
        if made is None:
            if len(self._compiled_by_shape) >= MOST_SHAPES:
                # The oldest alone: whoever asks for odd shapes must not have everybody's made anew.
                self._compiled_by_shape.pop(next(iter(self._compiled_by_shape)), None)
            context = _SelectContext(_standing_in(actor))
            selects = self._make(
                cast(ActorSession, context),
                *shape,
                **{name: _placeholder(name, value) for name, value in values.items()},
            )
            types = {name: _type_of(value) for name, value in values.items()}
            made = self._compiled_by_shape[key] = _compiled(selects, types, context.actor, dialect)
        return made


CompiledQueries: TypeAlias = "WeakKeyDictionary[CombinedQuery, dict[Hashable, _CompiledQuery]]"


def exchange_compiled_queries(others: CompiledQueries) -> CompiledQueries:
    """Take these for all statements that were made, and hand those over: for tests that take a wall away."""
    return WeakKeyDictionary(
        {query: query.exchange(others.get(query, {})) for query in list(_combined_queries)}
    )


def _known(actor: Actor) -> list[str]:
    return [each.name for each in fields(actor) if isinstance(getattr(actor, each.name), UUID)]


def _standing_in(actor: Actor) -> Actor:
    stand_ins: dict[str, Any] = {name: StandIn(int=uuid4().int) for name in _known(actor)}
    return replace(actor, **stand_ins)


def _placeholder(name: str, value: object) -> BindParameter[Any]:
    return bindparam(name, None, type_=_type_of(value))


def _type_of(value: object) -> TypeEngine[Any]:
    return next(TYPES[each] for each in type(value).__mro__ if each in TYPES)


def _compiled(
    selects: Selects, types: Mapping[str, TypeEngine[Any]], actor: Actor, dialect: Dialect
) -> _CompiledQuery:
    parts, columns = [], []
    for name, each in selects.items():
        rows = each.subquery(f"rows_of_{name}")
        row = func.json_build_array(*rows.c)
        columns.append(select(func.coalesce(func.json_agg(row), NO_ROWS)).scalar_subquery())
        parts.append((name, _reader(name, rows.c, dialect)))
    asked = select(func.json_build_array(*columns).cast(Text))
    compiled = asked.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    processors = cast(Any, compiled)._bind_processors
    names = {getattr(actor, name): f"{OF_ACTOR}{name}" for name in _known(actor)}
    constants, repeated = {}, {}
    for name, value in compiled.params.items():
        if isinstance(value, StandIn):
            repeated[name] = names[value]
        elif name in processors:
            constants[name] = processors[name](value)
        else:
            constants[name] = value
    asked_for = tuple(dict.fromkeys(repeated.values()))
    varying = {**types, **dict.fromkeys(asked_for, TYPES[UUID])}
    statement = PreparedStatement(
        str(compiled), {name: kind.compile(dialect) for name, kind in varying.items()}, constants, repeated
    )
    return _CompiledQuery(statement, tuple(name.removeprefix(OF_ACTOR) for name in asked_for), tuple(parts))


def _reader(name: str, columns: Any, dialect: Dialect) -> Callable[[list[Any]], Any]:
    """Makes of a row as JSON tells it one with the values that the columns stand for."""
    row = namedtuple(name, columns.keys())  # type: ignore[misc]
    converts = [(at, convert) for at, each in enumerate(columns) if (convert := _convert(each.type, dialect))]

    def read(values: list[Any]) -> Any:
        for at, convert in converts:
            if values[at] is not None:
                values[at] = convert(values[at])
        return row._make(values)

    return read


def _convert(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    if isinstance(kind, JSON | Float):
        return None
    converter = next((convert for known, convert in CONVERTERS if isinstance(kind, known)), None)
    return converter or kind._cached_result_processor(dialect, None)  # type: ignore[attr-defined,no-any-return]
