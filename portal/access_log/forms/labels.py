"""What people read of an access: each act, each thing and each reason of care is said here, for page and table alike."""

from collections.abc import Mapping
from typing import Any

from emr.hidings.enumerations import OpenThough
from foundation.language.translation import gettext, lazy
from identity.access.enumerations import CareBasis
from identity.delegations.enumerations import DelegationKind
from identity.delegations.queries import OtherPerson
from identity.people.enumerations import AdministrativeGender
from identity.shares.queries import OpeningCard
from portal.access_log.enumerations import Accessed

ACT_WORDS: Mapping[str, Any] = {
    "access_log.opened": lazy("This list was opened"),
    "account.linked": lazy("An account was linked to your record: it opens it from now on"),
    "account.unlinked": lazy("An account opens your record no more"),
    "booking.cancelled": lazy("A booking was cancelled"),
    "care.begun": lazy("From now on a clinic may see your record"),
    "care.ended": lazy("A clinic may no longer see your record by referral"),
    "care.limited": lazy("A clinic may see your record by referral only for some time yet"),
    "team.begun": lazy("Somebody was taken into your treating team"),
    "team.ended": lazy("Somebody is in your treating team no more"),
    "team.shown": lazy("It was looked at who treats you"),
    "consents.opened": lazy("What you agree to was looked at"),
    "consent.given": lazy("You agreed to something that you were asked for"),
    "consent.denied": lazy("You did not agree to something that you were asked for, or no longer"),
    "copy.shown": lazy("The page of the copy of all your data was opened"),
    "copy.made": lazy("A copy of all your data was taken"),
    "closures.opened": lazy("It was looked at which clinics see your record"),
    "closure.made": lazy("Your record was closed to a clinic"),
    "closure.lifted": lazy("Your record was opened again to a clinic"),
    "erasures.opened": lazy("It was looked at how long your data is kept"),
    "erasures.listed": lazy("A list of requests for erasure was opened"),
    "erasure.asked": lazy("You asked that something be erased"),
    "erasure.shown": lazy("Your request for erasure was opened"),
    "erasure.answered": lazy("Your request for erasure was answered"),
    "chart.opened": lazy("Your record was opened"),
    "death.recorded": lazy("Your death was recorded"),
    "death.undone": lazy("It was undone that your death was recorded"),
    "delegation.entered": lazy("Somebody may act for you from now on"),
    "delegation.ended": lazy("Somebody may no longer act for you"),
    "dispatch.opened": lazy("Referrals and bookings were opened"),
    "draft.discarded": lazy("An unfinished text about you was thrown away"),
    "document.opened": lazy("A document was opened"),
    "draft.opened": lazy("An entry was opened for writing"),
    "drafts.listed": lazy("A list of unfinished texts that names you was opened"),
    "entry.hidden": lazy("An entry was hidden from the staff"),
    "entry.opened": lazy("An entry was read"),
    "entry.shown": lazy("A hidden entry was shown to the staff again"),
    "entry.signed": lazy("An entry was signed"),
    "entry.written": lazy("An entry was written or changed"),
    "hidings.opened": lazy("It was looked at what is hidden from the staff"),
    "home.opened": lazy("The first page was opened"),
    "images.listed": lazy("The list of images was opened"),
    "delegation.accepted": lazy("The right to act for you that you offered was accepted"),
    "delegation_offer.declined": lazy("You declined to act for somebody"),
    "delegation_offer.made": lazy("You offered somebody to act for you"),
    "delegation_offer.revoked": lazy("You withdrew an offer to act for you"),
    "delegations.shown": lazy("The people who may act for you were shown"),
    "emergency.opened": lazy("Your record was opened in an emergency"),
    "emergency.justified": lazy("Opening your record in an emergency was found justified"),
    "emergency.not_justified": lazy("Opening your record in an emergency was found not justified"),
    "emergency.shown": lazy("It was looked at why your record was opened in an emergency"),
    "emergencies.listed": lazy("The list of records that were opened in an emergency was shown"),
    "guardian.entered": lazy("You were entered as somebody’s guardian"),
    "guardian.ended": lazy("You are somebody’s guardian no more"),
    "guardians.opened": lazy("It was looked at who your guardian is"),
    "contact_points.opened": lazy("E-mail and telephone were looked at"),
    "contact_point.entered": lazy("An e-mail address or a telephone was entered"),
    "contact_point.confirmed": lazy("A telephone was confirmed"),
    "contact_point.ended": lazy("An e-mail address or a telephone is used no more"),
    "notice_choice.made": lazy("It was chosen what is sent by e-mail"),
    "objection.answered": lazy("Your question about an access was answered"),
    "objection.raised": lazy("You asked about an access"),
    "objection.shown": lazy("Your question about an access was opened"),
    "objections.listed": lazy("A list of questions about accesses was opened"),
    "patient.confirmed": lazy("Your name and date of birth were confirmed"),
    "patient.conflict_raised": lazy("A sender told of you otherwise than we know you"),
    "patient.conflict_answered": lazy(
        "A registrar said who is right about what a sender told of you otherwise"
    ),
    "patient.conflict_listed": lazy("What a sender told of you otherwise was looked at"),
    "patient.conflict_decided": lazy("What a sender told of you otherwise was decided on"),
    "patient.birth_learned": lazy("Your date of birth became known more exactly"),
    "merge.recorded": lazy("Two records of yours were joined into one"),
    "merge.undone": lazy("Records that had been joined were parted again"),
    "merge.opened": lazy("It was looked at how two records were joined"),
    "merges.listed": lazy("Your joined records were listed at a registrar’s desk"),
    "patient.death_learned": lazy("What a record tells of a death was taken up"),
    "linking_code.given": lazy(
        "A one-time code was given with which an account can be linked to your record"
    ),
    "patient.found": lazy("You were found by a search for patients"),
    "patient.opened": lazy("Your personal details were opened"),
    "patients.provisional_listed": lazy("A list that names you among people to be confirmed was opened"),
    "patient.registered": lazy("Your record was created"),
    "proof.exported": lazy("The proof of how a referral was dealt with was downloaded"),
    "proof.opened": lazy("The proof of how a referral was dealt with was opened"),
    "record.exported": lazy("The record was downloaded"),
    "record.imported": lazy("Another clinic sent your data"),
    "referral.booked": lazy("A time was booked for you"),
    "referral.loaded": lazy("Another clinic sent your referrals"),
    "referral.opened": lazy("A referral was opened"),
    "referral.rebooked": lazy("Your booking was moved to another time"),
    "booking.confirmed": lazy("It was noted that you confirmed your booking"),
    "patient.arrived": lazy("It was noted that you arrived for your visit"),
    "arrival.undone": lazy("The note that you had arrived was taken back"),
    "referral.revoked": lazy("A referral was withdrawn"),
    "referral.reopened": lazy("A referral that was withdrawn waits again"),
    "referral.sent": lazy("A referral was sent"),
    "referrals.listed": lazy("The waiting list with your referral was opened"),
    "session.ended": lazy("Signed out"),
    "session.started": lazy("Signed in"),
    "share.made": lazy("A link was made that shows a part of the record"),
    "share.opened": lazy("Your link was opened"),
    "share.left": lazy("The record was left"),
    "share.revoked": lazy("A link was taken back"),
    "shares.listed": lazy("The links to the record were shown"),
    "study.assigned": lazy("Images were put into your record"),
    "study.opened": lazy("Images were looked at"),
    "timeline.opened": lazy("The record was opened"),
    "visit.exported": lazy("A visit was downloaded for a calendar"),
    "visit.missed": lazy("It was noted that you did not come"),
    "visit.served": lazy("It was noted that the visit took place"),
    "access_log.exported": lazy("This list was downloaded"),
}
ACCESSED_WORDS = {
    Accessed.RECORD: lazy("The record as a whole"),
    Accessed.ENTRIES: lazy("Entries and documents"),
    Accessed.REFERRALS: lazy("Referrals and visits"),
    Accessed.IMAGES: lazy("Images"),
    Accessed.DETAILS: lazy("Personal details and everything else"),
}
BASIS_WORDS = {
    CareBasis.ATTACHMENT: lazy("You are registered with this clinic"),
    CareBasis.REFERRAL: lazy("You have a referral that this clinic works on"),
    CareBasis.ENCOUNTER: lazy("You were treated there"),
    CareBasis.IMPORT: lazy("This clinic sent your data"),
    CareBasis.TEAM: lazy("This person treats you"),
    CareBasis.EMERGENCY: lazy("It was opened in an emergency"),
}

# Beside them, where the reader had hidden what was opened.
ALTHOUGH_HIDDEN_WORDS = {
    OpenThough.AUTHOR: lazy("You had hidden an entry that was opened. Whoever wrote it still sees it"),
    OpenThough.TEAM: lazy(
        "You had hidden an entry that was opened. Those who treat you in person still see it"
    ),
    OpenThough.EMERGENCY: lazy(
        "You had hidden an entry that was opened. In an emergency it opens all the same"
    ),
}


def law_words(basis: object) -> str:
    """Why an access was allowed that the region's law opened."""
    return gettext("the region’s law opens this: %(basis)s", basis=basis)


def act_words(act: str) -> str:
    """What was done, as the person whose record it is reads it."""
    return str(ACT_WORDS.get(act) or gettext("Worked with the record (%(act)s)", act=act))


# Of somebody who acts for the reader, by the right that they have.
PARENT_WORDS = {
    AdministrativeGender.FEMALE: lazy("Your mother"),
    AdministrativeGender.MALE: lazy("Your father"),
}
RIGHT_WORDS = {
    DelegationKind.PARENT: lazy("Your parent"),
    DelegationKind.GUARDIAN: lazy("Your guardian"),
    DelegationKind.GRANT: lazy("You let this person act for you"),
}


def delegate_words(delegate: OtherPerson) -> Any:
    """Who somebody is to the reader, for whom they act or did."""
    if delegate.kind is DelegationKind.PARENT and delegate.sex in PARENT_WORDS:
        return PARENT_WORDS[delegate.sex]
    return RIGHT_WORDS[delegate.kind]


def opener_words(opening: OpeningCard | None) -> str:
    """Who somebody is who looks by a link: what they say themselves is said to be that."""
    if opening is None:
        return ""
    return gettext(
        "By your link “%(whom)s”. Name and workplace as they said themselves: %(workplace)s",
        whom=opening.for_whom,
        workplace=opening.workplace,
    )
