"""What stands in a backup beside the bytes, and when one can be restored."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from foundation.errors import CannotRun

# Another number is another layout of the folder.
LAYOUT = 1


@dataclass(frozen=True)
class Manifest:
    """Written when everything else is there: a folder without it is no backup.

    Attributes:
        key: a digest by the region's secret key, so that another key is noticed.
        rows: of each table, by its name.
        images: how many contents there are, and `images_sha256` a digest of their digests in order.
    """

    made_at: str
    revision: str
    key: str
    dump_sha256: str
    rows: Mapping[str, int]
    images: int
    images_sha256: str
    layout: int = LAYOUT

    def written(self) -> str:
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises CannotRun: it is none, or one of another layout."""
        try:
            told: dict[str, Any] = json.loads(text)
            manifest = cls(**told)
        except (TypeError, ValueError) as fault:
            raise CannotRun("The manifest of the backup cannot be read.") from fault
        if manifest.layout != LAYOUT:
            raise CannotRun("This backup was made by another version; restore it with that one.")
        return manifest


def digest_of_all(contents: Iterable[str]) -> str:
    """One digest of many, whatever their order."""
    return hashlib.sha256("\n".join(sorted(contents)).encode()).hexdigest()


def require_same_key(manifest: Manifest, keys: Collection[str]) -> None:
    """Raises CannotRun: what this backup holds sealed would never be opened again."""
    if manifest.key not in keys:
        raise CannotRun(
            "SECRET_KEY is not the one of the region that was backed up: nobody would be found by an identifier. "
            "Give the one that was kept with it (of a demo, the file secret_key of its DATA_DIR)."
        )
