"""Which browser somebody signed in with, as its `User-Agent` says: enough to know one's own devices apart, no more.

The header itself is not kept: it would tell a device from all others.
"""

from typing import NamedTuple

# The first that fits: each of these says that it is some of those below it too.
FAMILIES = (
    ("YaBrowser/", "Yandex Browser"),
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("OPT/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("MiuiBrowser/", "Mi Browser"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)


class Browser(NamedTuple):
    """A family of browsers and the system that it runs on; each "" where it is none that we know."""

    family: str
    system: str


UNKNOWN = Browser("", "")


def browser_named(user_agent: str) -> Browser:
    """What a `User-Agent` calls itself (RFC 9110, 10.1.5)."""
    return Browser(_first(FAMILIES, user_agent), _first(SYSTEMS, user_agent))


def _first(known: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for sign, name in known if sign in user_agent), "")
