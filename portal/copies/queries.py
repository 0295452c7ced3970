"""The portal's own parts of the copy that a person takes of all their data."""

from foundation.language.bilingual import bilingual
from identity.access.enumerations import Thing
from identity.copies.queries import own_rows_part
from portal.erasures.queries import erasures_are_told
from portal.erasures.tables import ErasureItem, ErasureRequest, ErasureStep
from portal.notices.tables import Notice, RecordVisit
from portal.objections.queries import news_are_told, objection_is_told
from portal.objections.tables import Objection, ObjectionStep

COPY_PARTS = (
    own_rows_part(
        bilingual("What was shown to you as new, and when you looked."),
        Thing.NOTICES,
        *(Notice, RecordVisit),
        only={Notice: news_are_told},
    ),
    own_rows_part(
        bilingual("Your questions about accesses, and the answers."),
        Thing.ACCESS_LOG,
        *(Objection, ObjectionStep),
        only={
            Objection: lambda session: objection_is_told(session, Objection.id),
            ObjectionStep: lambda session: objection_is_told(session, ObjectionStep.objection_id),
        },
    ),
    own_rows_part(
        bilingual("Your requests for erasure, and the answers."),
        Thing.ACCESS_LOG,
        *(ErasureRequest, ErasureItem, ErasureStep),
        only=dict.fromkeys((ErasureRequest, ErasureItem, ErasureStep), erasures_are_told),
    ),
)
