"""The list of accesses as lines of a table: one for each act, none folded."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from foundation.clock import zone
from foundation.language.translation import gettext, lazy, printed_name
from identity.roles import ROLE_NAMES
from portal.access_log.forms.labels import (
    ALTHOUGH_HIDDEN_WORDS,
    BASIS_WORDS,
    act_words,
    delegate_words,
    law_words,
    opener_words,
)
from portal.access_log.queries import AccessLog
from portal.access_log.rules import AuditedAct

Value = TypeVar("Value")

HEAD = (
    lazy("Day"),
    lazy("Time"),
    lazy("Who looked"),
    lazy("Position"),
    lazy("Role"),
    lazy("Clinic"),
    lazy("What was done"),
    lazy("With what"),
    lazy("Why it was allowed"),
    lazy("Reason given"),
)


def lines_of(log: AccessLog) -> Iterator[tuple[object, ...]]:
    """The acts of a page in the order of the head."""
    for act in log.acts:
        at = act.at.astimezone(zone())
        staff, facility = _known(log.staff, act.staff_id), _known(log.facilities, act.facility_id)
        delegate = _known(log.delegates, act.delegation_id)
        opening = _known(log.openings, act.share_opening_id)
        yield (
            f"{at:%Y-%m-%d}",
            f"{at:%H:%M:%S}",
            printed_name(known.full_name)
            if (known := staff or delegate)
            else opening.name
            if opening
            else _who(act),
            staff.position if staff else delegate_words(delegate) if delegate else opener_words(opening),
            _known(ROLE_NAMES, act.role) or "",
            facility.name if facility else "",
            act_words(act.act),
            _object(act, log),
            _why(act, log),
            act.reason,
        )


def _who(act: AuditedAct) -> str:
    if act.actor_kind == "citizen":
        return gettext("You")
    if act.actor_kind == "delegate":
        return gettext("Somebody who may act for you")
    if act.actor_kind == "share":
        return gettext("Somebody whom you gave a link")
    if act.actor_kind == "staff":
        return gettext("A member of staff")
    if act.role == "operator":
        return gettext("The operator of the service")
    return gettext("Automatic: sent by a hospital") if act.role == "loader" else gettext("Automatic")


def _why(act: AuditedAct, log: AccessLog) -> str:
    if act.actor_kind == "share":
        return gettext("By the link that you gave")
    if act.actor_kind != "staff":
        return ""
    why = [str(BASIS_WORDS[each]) for each in log.care_behind([act])]
    why += [law_words(each.basis) for each in log.law_behind([act])]
    if log.although_closed([act]):
        why.append(gettext("You had closed your record to this clinic."))
    why += [str(ALTHOUGH_HIDDEN_WORDS[each]) for each in log.although_hidden([act])]
    return "; ".join(why)


def _object(act: AuditedAct, log: AccessLog) -> object:
    if study := _known(log.studies, act.object_id):
        return study.description or gettext("Images")
    facility = _known(log.facilities, act.object_id)
    if facility and act.object_kind == "facility":
        return facility.name
    return _known(log.headlines, act.object_id) or _known(log.referrals, act.object_id) or ""


def _known(values: Mapping[Any, Value], key: object) -> Value | None:
    return values.get(key)
