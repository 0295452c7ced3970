"""Numbers as a language writes them."""

from babel.numbers import format_decimal, format_percent

# The sign stands apart in Russian (GOST 8.417), and beside its number in English.
PERCENT = {"ru": "#,##0.#\u00a0%", "en": "#,##0.#%"}
LEAST_SHARE = 0.001


def whole_number_in(locale: str, number: float) -> str:
    """9,845."""
    return format_decimal(number, "#,##0", locale=locale)


def tenths_in(locale: str, number: float) -> str:
    """12.5."""
    return format_decimal(number, "#,##0.0", locale=locale)


def percent_in(locale: str, share: float) -> str:
    """30.5%, of a share from 0 to 1. What is not all of it is not told as all, and what is not none not as none."""
    told = share if share in (0, 1) else min(max(share, LEAST_SHARE), 1 - LEAST_SHARE)
    return format_percent(told, PERCENT[locale], locale=locale)
