"""The list of a person's images, for the copy of all their data. The pictures themselves are too large to go with it."""

from archive_gateway.studies.tables.instances import Instance
from archive_gateway.studies.tables.series import Series
from archive_gateway.studies.tables.studies import Study
from foundation.language.bilingual import bilingual
from identity.access.enumerations import Thing
from identity.copies.queries import own_rows_part

COPY_PARTS = (
    own_rows_part(
        bilingual(
            "The list of your images. The pictures themselves are not in this copy: look at them on the page “Images”."
        ),
        Thing.IMAGES,
        *(Study, Series, Instance),
        # Where which bytes stand in our store.
        without=(
            "_offset",
            "_offsets",
            "_lengths",
            "spans_in_frame",
            "cell_bytes",
            "dicom_json",
            "tried_frame_count",
        ),
    ),
)
