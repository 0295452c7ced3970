"""A visit as a file for the patient's own calendar (RFC 5545)."""

from datetime import UTC, timedelta

from icalendar import Alarm, Calendar, Event

from foundation.clock import now
from foundation.language.marks import with_marks_shown
from foundation.language.translation import gettext
from portal.dispatch.queries import UpcomingVisit

MAKER = "-//Dispatching Center//EN"
# Time to prepare, and to say that one cannot come.
REMINDED_BEFORE = timedelta(days=1)


def calendar_file(visit: UpcomingVisit) -> bytes:
    """One event, under the booking's own name: taken twice it stands once, and another booking is another event."""
    referral, booking = visit.referral, visit.booking
    event = Event()
    event.add("uid", f"{booking.id}@dispatching-center")
    event.add("dtstamp", now())
    event.add("dtstart", booking.starts_at.astimezone(UTC))
    event.add("dtend", booking.ends_at.astimezone(UTC))
    event.add("summary", with_marks_shown(str(referral.service)))
    event.add("location", with_marks_shown(", ".join(_place(visit))))
    event.add("description", with_marks_shown("\n".join(_told(visit))))
    event.add("class", "PRIVATE")
    reminder = Alarm()
    reminder.add("action", "DISPLAY")
    reminder.add("description", event["summary"])
    reminder.add("trigger", -REMINDED_BEFORE)
    event.add_component(reminder)
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", MAKER)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _place(visit: UpcomingVisit) -> list[str]:
    place = visit.place
    told = [place.name, place.settlement, place.address] if place else []
    return [words for each in (*told, visit.booking.resource) if (words := str(each))]


def _told(visit: UpcomingVisit) -> list[str]:
    lines = [gettext("Referral %(number)s", number=visit.referral.number)]
    if preparation := str(visit.booking.preparation):
        lines.append(f"{gettext('How to prepare')}: {preparation}")
    if visit.place and visit.place.telephone:
        lines.append(f"{gettext('Telephone:')} {visit.place.telephone}")
    # An event of the same name would have to be taken again.
    lines.append(
        gettext("If the visit is moved or cancelled, this entry of your calendar does not change by itself.")
    )
    return lines
