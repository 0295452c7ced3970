"""How names of people are ordered and written."""

from foundation.language.latin_letters import PrintedName


def sort_key(family_name: str, given_name: str, middle_name: str = "") -> str:
    """A key under which names sort as people expect, ё beside е, whatever the collation."""
    return " ".join((family_name, given_name, middle_name)).casefold().replace("ё", "е").strip()


# Nomen nescio: what physicians of every language write where nobody knows the name.
NAMELESS = PrintedName("N. N.")


def full_name(family_name: str, given_name: str, middle_name: str = "") -> PrintedName:
    written = " ".join(part for part in (family_name, given_name, middle_name) if part)
    return PrintedName(written) if written else NAMELESS


def short_name(family_name: str, given_name: str, middle_name: str = "") -> PrintedName:
    """Ivanova A. P.; who has no family name keeps the whole of the others."""
    if not family_name:
        return full_name(family_name, given_name, middle_name)
    initials = " ".join(f"{part[0]}." for part in (given_name, middle_name) if part)
    return PrintedName(f"{family_name} {initials}".strip())
