"""How names of people are ordered and written."""

from foundation.language.latin_letters import PrintedName


def sort_key(family_name: str, given_name: str, middle_name: str = "") -> str:
    """A key under which names sort as people expect, ё beside е, whatever the collation."""
    return " ".join((family_name, given_name, middle_name)).casefold().replace("ё", "е").strip()


def full_name(family_name: str, given_name: str, middle_name: str = "") -> PrintedName:
    return PrintedName(" ".join(part for part in (family_name, given_name, middle_name) if part))


def short_name(family_name: str, given_name: str, middle_name: str = "") -> PrintedName:
    """Ivanova A. P."""
    initials = " ".join(f"{part[0]}." for part in (given_name, middle_name) if part)
    return PrintedName(f"{family_name} {initials}".strip())
