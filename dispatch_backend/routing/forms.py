"""How pages tell ways and costs."""

from dispatch_backend.routing.queries.decisions import Decision
from dispatch_backend.routing.rules import MINUTES_AN_HOUR, Cost, Way, WhyNot
from foundation.language.translation import day, gettext, lazy, reader_locale

WHY_NOT_WORDS = {
    WhyNot.NO_TIMES: lazy("No times were found for this service"),
    WhyNot.NOTHING_FREE: lazy("No free time"),
    WhyNot.SEX: lazy("It does not serve patients of this sex"),
    WhyNot.AGE: lazy("It does not serve patients of this age"),
    WhyNot.LICENCE: lazy("No licence on the days of its free times"),
    WhyNot.TOO_SOON: lazy("Its free times begin too soon to be booked"),
    WhyNot.PATIENT_ELSEWHERE: lazy("The patient has another visit at its free times"),
}


class OfferWords:
    """Tells the ways and costs of one page; each word is translated once, however many lines say it."""

    def __init__(self) -> None:
        self._hours, self._minutes, self._unknown = gettext("h"), gettext("min"), gettext("unknown")
        self._parts = (gettext("late"), gettext("waiting"), gettext("way"), gettext("not first by the order"))
        self._comma = reader_locale() == "ru"

    def way(self, way: Way | None) -> str:
        """ "1 h 5 min"; with a sign before it where it is reckoned from the distance."""
        if way is None:
            return self._unknown
        hours, minutes = divmod(way.minutes, MINUTES_AN_HOUR)
        told = f"{hours} {self._hours} {minutes} {self._minutes}" if hours else f"{minutes} {self._minutes}"
        return told if way.entered else f"≈ {told}"

    def cost(self, cost: Cost) -> str:
        """ "1.37: waiting 0.91, way 0.46", the less the better; what costs nothing is left out."""
        told = zip(cost, self._parts, strict=True)
        parts = ", ".join(f"{word} {self._number(share)}" for share, word in told if share)
        return f"{self._number(cost.total)}: {parts}" if parts else self._number(cost.total)

    def _number(self, share: float) -> str:
        told = f"{share:.2f}"
        return told.replace(".", ",") if self._comma else told


def decision_in_words(decision: Decision) -> str:
    """From how many times a booked one was chosen, what stood against it, and by which order and version that was reckoned."""
    if decision.place and decision.cost:
        told = gettext(
            "Chosen: No. %(place)s of %(of)s times, the first being the best; its score, less is better: %(cost)s.",
            place=decision.place,
            of=decision.of,
            cost=OfferWords().cost(decision.cost),
        )
    else:
        told = gettext("The time chosen was not among those that were shown (%(of)s).", of=decision.of)
    if decision.ordered_on:
        order = gettext(
            "Order No. %(number)s of %(day)s was in force.",
            number=decision.order_number,
            day=day(decision.ordered_on),
        )
        told = f"{told} {order}"
    return f"{told} {gettext('Version %(version)s of routing.', version=decision.version)}"
