"""Words for the states of FHIR: of results, orders, problems."""

from collections.abc import Mapping

from emr.content.rules.texts import sanitized_text
from emr.terminology.rules.phrases import NOTHING
from foundation.language.bilingual import BilingualText, bilingual, bilingual_in

# The ordinary end of things is not worth a word on the timeline.
UNREMARKABLE = frozenset({"final", "finished", "completed", "active", "available", "confirmed", "current"})
STATUSES: Mapping[str, BilingualText] = {
    "registered": bilingual("registered"),
    "preliminary": bilingual("preliminary"),
    "partial": bilingual("partial"),
    "final": bilingual("final"),
    "amended": bilingual("amended"),
    "corrected": bilingual("corrected"),
    "appended": bilingual("appended"),
    "cancelled": bilingual("cancelled"),
    "entered-in-error": bilingual("entered in error"),
    "unknown": bilingual("state unknown"),
    "planned": bilingual("planned"),
    "arrived": bilingual("arrived"),
    "triaged": bilingual("triaged"),
    "in-progress": bilingual("in progress"),
    "onleave": bilingual("on leave"),
    "finished": bilingual("finished"),
    "completed": bilingual("completed"),
    "not-done": bilingual("not done"),
    "preparation": bilingual("in preparation"),
    "on-hold": bilingual("on hold"),
    "stopped": bilingual("stopped"),
    "active": bilingual("active"),
    "inactive": bilingual("inactive"),
    "resolved": bilingual("resolved"),
    "remission": bilingual("in remission"),
    "recurrence": bilingual("recurrence"),
    "relapse": bilingual("relapse"),
    "draft": bilingual("draft"),
    "revoked": bilingual("withdrawn"),
    "intended": bilingual("intended"),
    "not-taken": bilingual("not taken"),
    "available": bilingual("available"),
    "current": bilingual("current"),
    "superseded": bilingual_in("record", "replaced"),
    "unconfirmed": bilingual("not confirmed"),
    "provisional": bilingual("provisional"),
    "differential": bilingual("one of several possible"),
    "confirmed": bilingual("confirmed"),
    "refuted": bilingual("ruled out"),
    "proposed": bilingual("proposed"),
    "accepted": bilingual("accepted"),
    "rejected": bilingual("rejected"),
    "achieved": bilingual("achieved"),
    "not-achieved": bilingual("not achieved"),
    "improving": bilingual("improving"),
    "worsening": bilingual("worsening"),
    "no-change": bilingual("no change"),
    "low": bilingual("low"),
    "high": bilingual("high"),
    "unable-to-assess": bilingual("cannot be assessed"),
    "allergy": bilingual("allergy"),
    "intolerance": bilingual("intolerance"),
    "food": bilingual("food"),
    "medication": bilingual("medicine"),
    "environment": bilingual("environment"),
    "biologic": bilingual("biological substance"),
    "mild": bilingual("mild"),
    "moderate": bilingual("moderate"),
    "severe": bilingual("severe"),
    "complete": bilingual("complete"),
    "queued": bilingual("queued"),
    "error": bilingual("error"),
    "order": bilingual("order"),
    "plan": bilingual("plan"),
    "proposal": bilingual("proposal"),
}


def status_words(status: object) -> BilingualText:
    """A state in words; one we do not know as it was written."""
    seen = sanitized_text(status)
    return STATUSES.get(seen, BilingualText(seen, seen)) if seen else NOTHING


def status_unless_default(status: object) -> BilingualText:
    """A state in words where it is not simply the ordinary one."""
    return NOTHING if sanitized_text(status) in UNREMARKABLE else status_words(status)


def code_in(concept: object) -> str:
    """The first code of a concept that carries a state."""
    codings = concept.get("coding") if isinstance(concept, Mapping) else None
    first = codings[0] if isinstance(codings, list) and codings else {}
    return sanitized_text(first.get("code")) if isinstance(first, Mapping) else ""
