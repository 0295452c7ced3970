"""The programme's card as sheets to keep, in the words of its page."""

from collections.abc import Iterator

from dispatch_backend.programme.queries import ProgrammeCard
from dispatch_backend.reports.forms.words import Column
from foundation.language.translation import gettext, lazy, percent
from foundation.xlsx_tables import Sheet

EQUIPMENT = (
    Column(
        "workplaces",
        lazy("Workplaces"),
        lazy("Computers with what belongs to them that the programme has put up."),
    ),
    Column(
        "multifunction_devices",
        lazy("Multifunction devices"),
        lazy("Printers that also copy and scan, put up by the programme."),
    ),
    Column(
        "workplaces_to_automate",
        lazy("Workplaces to automate"),
        lazy(
            "All that the facilities needed by the end of the year; of a facility, by the end of its newest year."
        ),
    ),
    Column(
        "workplaces_on_network",
        lazy("Workplaces connected"),
        lazy("Of those, how many were connected to the facility’s network by then."),
    ),
    Column(
        "share_on_network",
        lazy("Share connected"),
        lazy("Of the workplaces to automate."),
        percent,
    ),
)


def sheets(card: ProgrammeCard) -> Iterator[Sheet]:
    """Years, facilities, and what each number means."""
    heads = [str(each.head) for each in EQUIPMENT]
    shares = frozenset(str(each.head) for each in EQUIPMENT if each.written is percent)
    yield Sheet(
        gettext("Years"),
        (
            gettext("Year"),
            gettext("Referrals"),
            gettext("Spent, roubles"),
            *heads,
            gettext("By which act"),
        ),
        [
            (
                year.year,
                year.referred,
                year.roubles,
                *(getattr(year.brought, each.name, None) for each in EQUIPMENT),
                str(year.basis) if year.basis else "",
            )
            for year in card.years
        ],
        shares,
    )
    yield Sheet(
        gettext("Medical facilities"),
        (gettext("Medical facility"), *heads),
        [
            (str(place.name), *(getattr(brought, each.name) for each in EQUIPMENT))
            for place, brought in card.facilities
        ],
        shares,
    )
    yield Sheet(
        gettext("What the numbers mean"),
        (gettext("Name of the number"), gettext("What it means")),
        [(str(each.head), str(each.meaning)) for each in EQUIPMENT],
    )
