"""The programme's first years as the database takes them: the same on every day, so they are reckoned once and kept."""

from dataclasses import dataclass
from uuid import UUID

from demo.loading.keeping import keep, kept
from demo.region import Region
from dispatch_backend.loading.actions.load_referrals import WrittenReferrals
from dispatch_backend.loading.actions.rows import Terms
from foundation.database.bulk import WrittenRows

NAME = "history"


@dataclass(frozen=True)
class WrittenHistory:
    """Times, care and referrals, written out; and how many numbers of each they have used."""

    referrals: int
    slots_used: int
    care_relations: int
    slots: WrittenRows
    care: WrittenRows
    portions: tuple[WrittenReferrals, ...]


def kept_history(region: Region, terms: Terms) -> WrittenHistory | None:
    """The history of a region of that size under these terms, where it was kept."""
    found = kept(NAME, size=region.size, beside=terms.ids)
    if found is None:
        return None
    facts, tables = found
    return WrittenHistory(
        **facts["counts"],
        slots=tables["slots"],
        care=tables["care"],
        portions=tuple(
            WrittenReferrals(
                tables={name: tables[f"{number} {name}"] for name in portion["tables"]},
                loaded=tuple((UUID(patient), UUID(referral)) for patient, referral in portion["loaded"]),
            )
            for number, portion in enumerate(facts["portions"])
        ),
    )


def keep_history(history: WrittenHistory, region: Region, terms: Terms) -> None:
    """Keep it, whole or not at all."""
    facts = {
        "counts": {name: getattr(history, name) for name in ("referrals", "slots_used", "care_relations")},
        "portions": [{"tables": list(each.tables), "loaded": each.loaded} for each in history.portions],
    }
    portions = {
        f"{number} {name}": rows
        for number, each in enumerate(history.portions)
        for name, rows in each.tables.items()
    }
    tables = {"slots": history.slots, "care": history.care, **portions}
    keep(NAME, facts, tables, size=region.size, beside=terms.ids)
