"""In which order the files of a folder or an archive come: what others refer to before those who refer to it."""

import re
from pathlib import Path

from emr.content.rules.references import DIRECTORY_TYPES

# Places and people of the directory, then the patients, then what tells of them.
FIRST, PATIENTS, LAST = 0, 1, 2
RANKED_BY_BYTES = 2048
TYPE = re.compile(rb'"resourceType"\s*:\s*"(\w+)"|<([A-Z][A-Za-z]+)[\s/>]')
WITH_PATIENTS = frozenset({"Patient", "Bundle"})


def rank(beginning: bytes) -> int:
    """Where a file comes, by the first resource type in its beginning."""
    found = TYPE.search(beginning)
    return rank_of_type((found[1] or found[2]).decode() if found else "")


def rank_of_type(resource_type: str) -> int:
    """The same of one resource."""
    if resource_type in DIRECTORY_TYPES:
        return FIRST
    return PATIENTS if resource_type in WITH_PATIENTS else LAST


def rank_of(path: Path) -> int:
    """The same of a file, which is refused later where it cannot be read."""
    try:
        with path.open("rb") as stream:
            return rank(stream.read(RANKED_BY_BYTES))
    except OSError:
        return LAST
