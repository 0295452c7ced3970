"""A proof in words, in the reader's language: the one text that the page and the file both print. First the answer, then what it rests on.

It says the same to the patient, to whoever referred and to dispatchers, since it is read by others than who prints it. What the
patient suffers from is no part of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil, floor
from uuid import UUID

from dispatch_backend.proofs.enumerations import BROKEN, FULFILLED, Answer, Became
from dispatch_backend.proofs.queries import Attempt, Proof
from dispatch_backend.referrals.enumerations import FORMER_ACTS, WORKER, OwnReason
from dispatch_backend.referrals.queries.integrity import TERM
from dispatch_backend.referrals.rules.history import Event
from dispatch_backend.routing.forms import decision_in_words
from dispatch_backend.services.rules.terms import TermUnit
from dispatch_backend.worklist.forms.labels import ACT_WORDS, in_words
from foundation.clock import local
from foundation.hash_chain import CHAIN, CONTENT
from foundation.language.bilingual import bilingual_count
from foundation.language.translation import (
    clock_time,
    day,
    day_time,
    gettext,
    lazy,
    printed_name,
    reader_locale,
    told_day,
    weekday_time,
)
from identity.roles import ROLE_NAMES

HEADINGS = {
    Answer.KEPT: lazy("The legal term was kept"),
    Answer.SERVED_LATE: lazy("The legal term was broken"),
    Answer.BOOKED_IN_TIME: lazy("A time within the legal term is booked"),
    Answer.BOOKED_LATE: lazy("The legal term is broken by the time that is booked"),
    Answer.UNRECORDED: lazy("Nobody has recorded yet whether the visit took place"),
    Answer.RUNNING: lazy("The legal term has not ended yet"),
    Answer.OVERDUE: lazy("The legal term is broken"),
    Answer.REVOKED_IN_TIME: lazy("The referral was withdrawn before the legal term ended"),
    Answer.REVOKED_LATE: lazy("The referral was withdrawn after the legal term had ended"),
}
# What the answer rests on: the day that counts, then the legal one.
GROUNDS = {
    Answer.KEPT: lazy("The patient was served: %(day)s"),
    Answer.SERVED_LATE: lazy("The patient was served: %(day)s"),
    Answer.BOOKED_IN_TIME: lazy("The patient is booked for: %(day)s"),
    Answer.BOOKED_LATE: lazy("The patient is booked for: %(day)s"),
    Answer.UNRECORDED: lazy("The patient was booked for: %(day)s"),
    Answer.RUNNING: lazy("The patient has not been served. Today: %(day)s"),
    Answer.OVERDUE: lazy("The patient has not been served. Today: %(day)s"),
    Answer.REVOKED_IN_TIME: lazy("The referral was withdrawn: %(day)s"),
    Answer.REVOKED_LATE: lazy("The referral was withdrawn: %(day)s"),
}
BECAME = {
    Became.AHEAD: lazy("The booking stands; the time has not come yet"),
    Became.UNRECORDED: lazy("The time is over; what became of it has not been recorded"),
    Became.SERVED: lazy("The patient was served"),
    Became.MISSED: lazy("The patient did not come"),
    Became.MOVED: lazy("Moved to another time"),
    Became.CANCELLED: lazy("Given up"),
}
OWN_REASONS = {
    OwnReason.DEATH: lazy("the death of the patient was recorded"),
    OwnReason.DEATH_UNDONE: lazy("the death had been recorded in error, and that was undone"),
    OwnReason.DOCTOR_AWAY: lazy("the doctor does not see patients at that time"),
    OwnReason.DEVICE_OUT_OF_USE: lazy("the device is not in use at that time"),
}
FAULTS = {
    CONTENT: lazy("Event %(number)s does not say what its seal vouches for."),
    CHAIN: lazy("Event %(number)s does not follow from the one before it."),
    TERM: lazy("The legal day does not follow from the term, the sending and the production calendar."),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A name and what stands for it."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Step:
    """One event. `who` is in which role at which facility; `reason` in the words that were typed, "" where there are none."""

    number: int
    when: str
    what: str
    who: str
    reason: str
    seal: str


@dataclass(frozen=True, slots=True)
class Try:
    """One booking, and what became of it."""

    when: str
    where: str
    booked: str
    chosen: str
    became: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A proof as it is printed: words only, which act nowhere.

    Attributes:
        number: of the referral; it stands in the title too, and no line ends within it.
        tone: "kept", "broken" or "open": how the answer is drawn, beside its words.
        faults: where the history is not as it was written; empty where it holds.
        checks: how anybody can look again.
    """

    language: str
    number: str
    title: str
    whose: str
    tone: str
    answer: str
    grounds: Sequence[str]
    sections: Sequence[Section]
    steps: Sequence[Step]
    tries: Sequence[Try]
    holds: str
    faults: Sequence[str]
    checks: Sequence[str]
    made: str


def sheet_of(proof: Proof) -> Sheet:
    """The proof in the reader's language."""
    answer = proof.verdict.answer
    return Sheet(
        language=reader_locale(),
        number=proof.number,
        title=gettext("How referral %(number)s was dealt with", number=proof.number),
        whose=_whose(proof),
        tone=_tone(proof),
        answer=str(HEADINGS[answer]),
        grounds=_grounds(proof),
        sections=[_referral(proof), _clocks(proof), _basis(proof)],
        steps=[_step(each, proof) for each in proof.events],
        tries=[_try(each, proof) for each in proof.attempts],
        holds=_holds(proof),
        faults=[_fault(each.why, each.number) for each in proof.breaks],
        checks=_checks(),
        made=gettext(
            "Put together and verified: %(moment)s, %(region)s (%(zone)s)",
            moment=day_time(proof.at),
            region=gettext("Orenburg region"),
            zone="UTC" + local(proof.at).isoformat()[-len("+05:00") :],
        ),
    )


def _tone(proof: Proof) -> str:
    """Nothing is told as kept while something does not hold."""
    answer = proof.verdict.answer
    if answer in BROKEN:
        return "broken"
    return "kept" if answer in FULFILLED and not proof.breaks else "open"


def _whose(proof: Proof) -> str:
    patient = proof.patient
    return gettext(
        "Patient: %(name)s, born %(day)s",
        name=printed_name(patient.full_name),
        day=told_day(patient.birth_date, patient.birth_precision),
    )


def _grounds(proof: Proof) -> list[str]:
    verdict = proof.verdict
    told = [
        str(GROUNDS[verdict.answer]) % {"day": _as_the_term(proof, verdict.on)},
        f"{_end_words(proof)}: {_end(proof)}",
    ]
    if verdict.late:
        told.append(_late(verdict.days_late))
    # Whoever did not come was offered a time: whether that was within the term is told beside the answer.
    if missed := [each for each in proof.attempts if each.became is Became.MISSED]:
        told.append(
            gettext("The patient did not come to the time booked: %(day)s", day=day(missed[-1].starts_at))
        )
    return told


def _late(days: int) -> str:
    if not days:
        return gettext("Late on the same day")
    return str(bilingual_count("%(num)s calendar day late", "%(num)s calendar days late", days, num=days))


def _end_words(proof: Proof) -> str:
    if proof.term.unit is TermUnit.HOURS:
        return gettext("End of the legal term")
    return gettext("Last day of the legal term")


def _end(proof: Proof) -> str:
    return day_time(proof.due_at) if proof.term.unit is TermUnit.HOURS else day(proof.due_on)


def _as_the_term(proof: Proof, moment: datetime) -> str:
    """A moment as exactly as the term is told: by the hour where it is of hours."""
    return day_time(moment) if proof.term.unit is TermUnit.HOURS else day(moment)


def _referral(proof: Proof) -> Section:
    referrer = proof.staff.get(proof.referrer_id)
    return Section(
        gettext("Referral"),
        [
            Row(gettext("Number"), proof.number),
            Row(gettext("Referred to"), str(proof.service)),
            Row(gettext("Priority"), in_words(proof.priority)),
            Row(
                gettext("Referred by"),
                _joined(
                    printed_name(referrer.full_name) if referrer else "",
                    _place(proof, proof.from_facility_id),
                ),
            ),
        ],
    )


def _clocks(proof: Proof) -> Section:
    booked = proof.standing
    days, share = proof.waited.days, _percent(proof.waited.share)
    return Section(
        gettext("Clocks"),
        [
            Row(gettext("Sent"), day_time(proof.submitted_at)),
            Row(_end_words(proof), _end(proof)),
            Row(
                gettext("Waited"),
                str(bilingual_count("%(num)s calendar day", "%(num)s calendar days", days, num=days)),
            ),
            Row(
                gettext("Share of the legal term"),
                gettext("%(num)s%% of the time from the sending to the end of the term", num=share),
            ),
            Row(
                gettext("Booked for"),
                weekday_time(booked.starts_at) if booked else gettext("no time is booked"),
            ),
        ],
    )


def _percent(share: float) -> int:
    """What is not over is not told as all of it, and what is over not as just all."""
    return (ceil if share > 1 else floor)(share * 100)


def _basis(proof: Proof) -> Section:
    term = proof.term
    counted = {
        TermUnit.HOURS: bilingual_count("%(num)s hour", "%(num)s hours", term.length, num=term.length),
        TermUnit.WORKING_DAYS: bilingual_count(
            "%(num)s working day", "%(num)s working days", term.length, num=term.length
        ),
        TermUnit.CALENDAR_DAYS: bilingual_count(
            "%(num)s calendar day", "%(num)s calendar days", term.length, num=term.length
        ),
    }
    until = day(term.valid_to) if term.valid_to else gettext("until further notice")
    return Section(
        gettext("Legal basis"),
        [
            Row(
                gettext("Legal term"),
                str(counted[term.unit]) if term.length else gettext("on the day of sending"),
            ),
            Row(gettext("Act"), str(term.basis)),
            Row(gettext("In force from"), day(term.valid_from)),
            Row(gettext("In force until"), until),
            *_calendar(proof),
        ],
    )


def _calendar(proof: Proof) -> list[Row]:
    """By which calendar working days were counted: another version may say otherwise of a day."""
    if proof.term.unit is not TermUnit.WORKING_DAYS or not proof.calendar_version:
        return []
    counted = gettext(
        "by the region’s production calendar, version %(number)s", number=proof.calendar_version
    )
    return [Row(gettext("Working days"), counted)]


def _step(event: Event, proof: Proof) -> Step:
    act = FORMER_ACTS.get(event.act, event.act)
    # Of a history that somebody has tampered with, what stands there is shown as it stands.
    known = {each.value: words for each, words in ACT_WORDS.items()}
    return Step(
        number=event.seq,
        when=day_time(event.at),
        what=str(known.get(act, act)),
        who=_who(event, proof),
        reason=_reason(event.reason),
        seal=event.sha256,
    )


def _who(event: Event, proof: Proof) -> str:
    if event.actor_role == WORKER:
        return gettext("The service, by itself")
    person = proof.staff.get(event.actor_staff_id) if event.actor_staff_id else None
    roles = {each.value: name for each, name in ROLE_NAMES.items()}
    return _joined(
        printed_name(person.full_name) if person else "",
        str(roles.get(event.actor_role, event.actor_role)),
        _place(proof, event.actor_facility_id),
    )


def _try(attempt: Attempt, proof: Proof) -> Try:
    became = str(BECAME[attempt.became])
    return Try(
        when=f"{weekday_time(attempt.starts_at)}–{clock_time(attempt.ends_at)}",
        where=_joined(_place(proof, attempt.facility_id), str(attempt.resource)),
        booked=day_time(attempt.booked_at),
        chosen=decision_in_words(attempt.decision) if attempt.decision else "",
        became=f"{became}: {day_time(attempt.ended_at)}" if attempt.ended_at else became,
        reason=_reason(attempt.reason),
    )


def _holds(proof: Proof) -> str:
    count = len(proof.events)
    # A legal day that does not follow is told among the faults; what happened is told as it was written all the same.
    if any(each.why != TERM for each in proof.breaks):
        return gettext("The history is not as it was written.")
    return str(
        bilingual_count(
            "%(num)s event: it says what its seal vouches for.",
            "%(num)s events: each says what its seal vouches for and follows from the one before it.",
            count,
            num=count,
        )
    )


def _fault(why: str, number: int) -> str:
    words = FAULTS.get(why) or lazy("The referral does not stand where its event %(number)s left it.")
    return str(words) % {"number": number}


def _checks() -> list[str]:
    return [
        gettext(
            "The PDF file holds %(file)s within it: each event as it was sealed, one on a line. The SHA-256 of a line is the seal of its event, and each line names the seal of the one before. Any program that reckons SHA-256 will do.",
            file="events.jsonl",
        ),
        gettext("Open the page of this proof again: everything on it is read and verified anew each time."),
        gettext(
            "Whoever runs the service verifies the histories of all referrals in the same way, with the command %(command)s.",
            command="verify-dispatch",
        ),
    ]


def _place(proof: Proof, facility_id: UUID | None) -> str:
    place = proof.facilities.get(facility_id) if facility_id else None
    return str(place.name) if place else ""


def _reason(kept: str) -> str:
    return str(OWN_REASONS[OwnReason(kept)]) if kept in set(OwnReason) else kept


def _joined(*parts: str) -> str:
    return ", ".join(each for each in parts if each)
