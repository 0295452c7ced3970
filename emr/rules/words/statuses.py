"""Words for the states of FHIR: of results, orders, problems."""

from collections.abc import Mapping

from emr.rules.words import NOTHING, Words, as_written

# The ordinary end of things is not worth a word on the timeline.
UNREMARKABLE = frozenset({"final", "finished", "completed", "active", "available", "confirmed", "current"})
STATUSES: Mapping[str, Words] = {
    "registered": Words("registered", "зарегистрировано"),
    "preliminary": Words("preliminary", "предварительно"),
    "partial": Words("partial", "частично"),
    "final": Words("final", "окончательно"),
    "amended": Words("amended", "исправлено"),
    "corrected": Words("corrected", "исправлено"),
    "appended": Words("appended", "дополнено"),
    "cancelled": Words("cancelled", "отменено"),
    "entered-in-error": Words("entered in error", "внесено по ошибке"),
    "unknown": Words("state unknown", "состояние неизвестно"),
    "planned": Words("planned", "запланировано"),
    "arrived": Words("arrived", "пациент прибыл"),
    "triaged": Words("triaged", "проведена сортировка"),
    "in-progress": Words("in progress", "продолжается"),
    "onleave": Words("on leave", "временно прервано"),
    "finished": Words("finished", "завершено"),
    "completed": Words("completed", "завершено"),
    "not-done": Words("not done", "не выполнено"),
    "preparation": Words("in preparation", "готовится"),
    "on-hold": Words("on hold", "приостановлено"),
    "stopped": Words("stopped", "прекращено"),
    "active": Words("active", "действует"),
    "inactive": Words("inactive", "не действует"),
    "resolved": Words("resolved", "разрешилось"),
    "remission": Words("in remission", "ремиссия"),
    "recurrence": Words("recurrence", "повтор"),
    "relapse": Words("relapse", "рецидив"),
    "draft": Words("draft", "черновик"),
    "revoked": Words("withdrawn", "отозвано"),
    "intended": Words("intended", "предполагается"),
    "not-taken": Words("not taken", "не принимается"),
    "available": Words("available", "доступно"),
    "current": Words("current", "действует"),
    "superseded": Words("replaced", "заменено"),
    "unconfirmed": Words("not confirmed", "не подтверждено"),
    "provisional": Words("provisional", "предварительно"),
    "differential": Words("one of several possible", "один из возможных"),
    "confirmed": Words("confirmed", "подтверждено"),
    "refuted": Words("ruled out", "исключено"),
    "proposed": Words("proposed", "предложено"),
    "accepted": Words("accepted", "принято"),
    "rejected": Words("rejected", "отклонено"),
    "achieved": Words("achieved", "достигнуто"),
    "not-achieved": Words("not achieved", "не достигнуто"),
    "improving": Words("improving", "улучшение"),
    "worsening": Words("worsening", "ухудшение"),
    "no-change": Words("no change", "без изменений"),
    "low": Words("low", "низкая"),
    "high": Words("high", "высокая"),
    "unable-to-assess": Words("cannot be assessed", "оценить нельзя"),
    "allergy": Words("allergy", "аллергия"),
    "intolerance": Words("intolerance", "непереносимость"),
    "food": Words("food", "пища"),
    "medication": Words("medicine", "лекарство"),
    "environment": Words("environment", "окружающая среда"),
    "biologic": Words("biological substance", "биологическое вещество"),
    "mild": Words("mild", "лёгкая"),
    "moderate": Words("moderate", "средней тяжести"),
    "severe": Words("severe", "тяжёлая"),
    "complete": Words("complete", "полностью"),
    "queued": Words("queued", "в очереди"),
    "error": Words("error", "ошибка"),
    "order": Words("order", "назначение"),
    "plan": Words("plan", "план"),
    "proposal": Words("proposal", "предложение"),
}


def status_words(status: object) -> Words:
    """A state in words; one we do not know as it was written."""
    seen = as_written(status)
    return STATUSES.get(seen, Words(seen, seen)) if seen else NOTHING


def remarkable(status: object) -> Words:
    """A state in words where it is not simply the ordinary one."""
    return NOTHING if as_written(status) in UNREMARKABLE else status_words(status)


def code_in(concept: object) -> str:
    """The first code of a concept that carries a state."""
    codings = concept.get("coding") if isinstance(concept, Mapping) else None
    first = codings[0] if isinstance(codings, list) and codings else {}
    return as_written(first.get("code")) if isinstance(first, Mapping) else ""
