"""What a person's copy of all their data is made of: each room names its part, and whoever makes the copy knows no room."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from foundation.database.transactions import ActorSession
from foundation.language.bilingual import BilingualText

# A file's name in the copy, and its bytes, of which one piece at a time is held.
CopyFile = tuple[str, Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class CopyPart:
    """One kind of what is kept about a person.

    Attributes:
        told: what it is, in both languages.
        names: of its files.
        tables: whose rows stand in it, with their schemas: what no part names and no list excuses fails a test.
        files: the files of whoever reads; told the address of the service, which some of them name.
    """

    told: BilingualText
    names: tuple[str, ...]
    tables: tuple[str, ...]
    files: Callable[[ActorSession, str], Iterable[CopyFile]]
