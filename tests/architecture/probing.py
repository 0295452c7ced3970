"""Every address, asked as everybody about one's own, a foreign and an absent object; and how the answers are written down."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from flask.testing import FlaskClient

from tests.architecture.walking import VARIES, Address, Answer, Victim, asked

REVIEWED = Path(__file__).parent / "access_matrix.txt"
NOT_ASKED = "-"
# What every build asks, behind both walls and behind each alone.
LEAST_PROBES = 5_000


class Probe(NamedTuple):
    """How an address answers a visitor: about an object of whoever they care for or are, of somebody else, and about none.

    Of their own nothing is changed: there only what is read is asked for.
    """

    own: str
    foreign: str
    absent: str

    def __str__(self) -> str:
        return "/".join(self)


@dataclass(frozen=True)
class Visitor:
    """Somebody with two browsers: where the victim is their own, and where the victim is none of their business.

    Attributes:
        near: None for a stranger, whose own nothing is.
    """

    name: str
    near: FlaskClient | None
    far: FlaskClient


@dataclass
class Matrix:
    """What every visitor was answered, how many times somebody was asked, and where foreign and absent differ though both are refused."""

    lines: list[str]
    asked: int
    told_apart: list[str]


def matrix_of(addresses: Iterable[Address], visitors: Iterable[Visitor], victim: Victim) -> Matrix:
    """A line for every address: each answer with those who were answered so, the most of them as everybody else."""
    everybody = list(visitors)
    matrix = Matrix([], 0, [])
    # What may be asked at an address is told to everybody alike.
    for address in sorted((each for each in addresses if each.method != "OPTIONS"), key=str):
        answers: dict[Probe, list[str]] = {}
        for visitor in everybody:
            answers.setdefault(_probe(address, visitor, victim, matrix), []).append(visitor.name)
        most = max(answers.values(), key=len)
        told = [
            f"{probe} {'everybody else' if names is most and len(answers) > 1 else ', '.join(names)}"
            for probe, names in sorted(answers.items(), key=lambda each: each[1] is most)
        ]
        matrix.lines.append(f"{_named(address, matrix)}: {'; '.join(told)}")
    return matrix


def _named(address: Address, matrix: Matrix) -> str:
    """Both processes answer at some addresses."""
    name = str(address)
    return f"{name} (live board)" if any(line.startswith(f"{name}: ") for line in matrix.lines) else name


def differences(lines: Iterable[str], reviewed: Iterable[str]) -> Iterator[str]:
    """Each address whose line is another than the one that was reviewed, or that has none."""
    known = _by_address(reviewed)
    found = _by_address(lines)
    for address in sorted(known.keys() | found.keys()):
        if known.get(address) != found.get(address):
            yield f"{address}\n  reviewed: {known.get(address, 'missing')}\n  answered: {found.get(address, 'gone')}"


def _by_address(lines: Iterable[str]) -> Mapping[str, str]:
    parted = (line.partition(": ") for line in lines if line)
    return {address: told for address, _, told in parted}


def _probe(address: Address, visitor: Visitor, victim: Victim, matrix: Matrix) -> Probe:
    own = NOT_ASKED
    if visitor.near and address.method != "POST":
        matrix.asked += 1
        own = str(asked(visitor.near, address, victim.objects, victim).status)
    matrix.asked += 1
    # What a form before said of its success stands on the next page, whatever that is.
    with visitor.far.session_transaction() as kept:
        kept.pop("_flashes", None)
    foreign = asked(visitor.far, address, victim.objects, victim)
    if not address.rule.arguments - {"provider"}:
        return Probe(own, str(foreign.status), NOT_ASKED)
    matrix.asked += 1
    absent = asked(visitor.far, address, victim.absent, victim)
    if foreign.status == absent.status >= 400 and _plain(foreign, victim) != _plain(absent, victim):
        matrix.told_apart.append(f"{address} tells {visitor.name} what exists")
    return Probe(own, str(foreign.status), str(absent.status))


def _plain(answer: Answer, victim: Victim) -> tuple[str, ...]:
    """Whatever of the answer could tell two objects apart: its words and its headers, without what differs between any two."""
    texts = (answer.told, answer.mimetype, *(f"{name}: {value}" for name, value in answer.headers))
    for value in (*victim.objects.values(), *victim.absent.values()):
        if len(value) > 8:
            texts = tuple(text.replace(value, "…") for text in texts)
    return tuple(VARIES.sub("…", text) for text in texts)
