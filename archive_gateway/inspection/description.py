"""What the archive needs to know of a file, as plain values that cross from the child to the parent."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any

import orjson


@dataclass(frozen=True)
class Description:
    """One well-formed object: who, which study, how encoded, and where its frames lie.

    Offsets count from the beginning of the file that is served: the file itself, or the derived one where the
    file had to be inflated or given a header.
    """

    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str
    sop_class_uid: str
    transfer_syntax_uid: str
    served_transfer_syntax_uid: str
    data_set_offset: int
    derived: bool
    patient_identifier: str = ""
    patient_name: str = ""
    patient_birth_date: str = ""
    study_date: str = ""
    study_time: str = ""
    study_description: str = ""
    institution_name: str = ""
    modality: str = ""
    series_number: int | None = None
    series_description: str = ""
    instance_number: int | None = None
    rows: int | None = None
    columns: int | None = None
    bits_allocated: int | None = None
    bits_in_frame: int | None = None
    cell_bytes: int = 1
    pixels_offset: int | None = None
    frame_count: int = 0
    span_offsets: list[int] = field(default_factory=list)
    span_lengths: list[int] = field(default_factory=list)
    # How many spans make each frame; empty where every frame is one span.
    spans_in_frame: list[int] = field(default_factory=list)
    # Of the values that are too long for the metadata; empty where none is.
    left_out_digest: str = ""

    def to_wire(self) -> bytes:
        return orjson.dumps(asdict(self))

    @classmethod
    def from_wire(cls, values: dict[str, Any]) -> "Description":
        names = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in names})
