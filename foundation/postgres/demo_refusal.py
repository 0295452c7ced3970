"""Production never serves made-up people: it refuses a database with the mark of the demo region (demo_mark.py)."""

from collections.abc import Callable

from foundation.settings import Profile, Settings, SettingsRefused

# Whose facilities the database holds: the demo's region is made only where there are none.
WHOSE_REGION = (
    "SELECT CASE WHEN NOT EXISTS (SELECT FROM identity.facility) THEN 'nobody' "
    "WHEN EXISTS (SELECT FROM foundation.demo_mark) THEN 'demo' ELSE 'others' END"
)
IS_MARKED = "SELECT EXISTS (SELECT FROM foundation.demo_mark)"


class DemoInProduction(SettingsRefused):
    """The profile and the database do not belong together."""

    def __init__(self) -> None:
        super().__init__(
            ["PROFILE is production, but this database was made for the demo region; choose another"]
        )


def refuse_demo(settings: Settings, ask: Callable[[str], object]) -> None:
    """Refuse to work with demo people in production.

    Args:
        ask: gives what the database answers to a question; nothing where the table is still to be made.

    Raises:
        DemoInProduction: the database is marked.
    """
    if settings.profile is Profile.PRODUCTION and ask(IS_MARKED):
        raise DemoInProduction
