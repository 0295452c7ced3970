"""How names of people are ordered and written."""


def sort_key(family_name: str, given_name: str, middle_name: str = "") -> str:
    """A key under which names sort as people expect, ё beside е, whatever the collation."""
    return " ".join((family_name, given_name, middle_name)).casefold().replace("ё", "е").strip()


def full_name(family_name: str, given_name: str, middle_name: str = "") -> str:
    return " ".join(part for part in (family_name, given_name, middle_name) if part)


def short_name(family_name: str, given_name: str, middle_name: str = "") -> str:
    """Ivanova A. P."""
    initials = " ".join(f"{part[0]}." for part in (given_name, middle_name) if part)
    return f"{family_name} {initials}".strip()
