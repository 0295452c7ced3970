"""What stands in a backup beside the bytes, and when one can be restored."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from foundation.errors import CannotRun

# Another number is another layout of the folder.
LAYOUT = 2


@dataclass(frozen=True)
class Manifest:
    """Written when everything else is there: a folder without it is no backup.

    Attributes:
        keys: a digest by each secret key that the region knew, so that another one, or a missing one, is noticed.
        rows: of each table, by its name.
        images: how many contents there are, and `images_sha256` a digest of their digests in order.
    """

    made_at: str
    revision: str
    keys: list[str]
    dump_sha256: str
    rows: Mapping[str, int]
    images: int
    images_sha256: str
    layout: int = LAYOUT

    def canonical(self) -> str:
        """What its voucher is made for: the same text for the same manifest."""
        return json.dumps(asdict(self), sort_keys=True)

    def written(self, voucher: bytes) -> str:
        return json.dumps({**asdict(self), "voucher": voucher.hex()}, indent=1)

    @classmethod
    def read(cls, text: str) -> tuple[Self, bytes]:
        """It and its voucher, which is still to be looked at. Raises CannotRun: it is none, or one of another layout."""
        try:
            told: dict[str, Any] = json.loads(text)
            if told.get("layout") != LAYOUT:
                raise CannotRun(
                    "This backup was made by another version, and this one cannot tell whether it was changed since. Restore it "
                    "with that version, run migrate with this one, and make a new backup."
                )
            voucher = bytes.fromhex(told.pop("voucher"))
            return cls(**told), voucher
        except (AttributeError, KeyError, TypeError, ValueError) as fault:
            raise CannotRun("The manifest of the backup cannot be read.") from fault


def digest_of_all(contents: Iterable[str]) -> str:
    """One digest of many, whatever their order."""
    return hashlib.sha256("\n".join(sorted(contents)).encode()).hexdigest()


def require_same_keys(manifest: Manifest, keys: Collection[str]) -> None:
    """Raises CannotRun: something that this backup holds sealed would never be opened again."""
    known = [each in keys for each in manifest.keys]
    if any(known) and not all(known):
        raise CannotRun(
            "This backup was made while SECRET_KEY was being changed, and needs both keys: give one of them as SECRET_KEY and "
            "the other as FURTHER_SECRET_KEY."
        )
    if not any(known):
        raise CannotRun(
            "SECRET_KEY is not the one of the region that was backed up: nobody would be found by an identifier. "
            "Give the one that was kept with it (of a demo, the file secret_key of its DATA_DIR)."
        )
