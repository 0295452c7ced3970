"""The one list of modalities (DICOM PS3.3 C.7.3.1.1.1): what each is called, on the pages of pictures and in a record."""

from collections.abc import Mapping
from typing import NamedTuple

from foundation.language.bilingual import BilingualText, bilingual, bilingual_in

NOT_TOLD = BilingualText("", "")


class Modality(NamedTuple):
    """A way of making pictures, or what else a study may hold.

    Attributes:
        name: in everyday words.
        technique: what a record calls the examination; nothing where no record tells of one.
        examination: whether a person was examined; reports and marks were made afterwards.
    """

    name: BilingualText
    technique: BilingualText = NOT_TOLD
    examination: bool = True


MODALITIES: Mapping[str, Modality] = {
    "CT": Modality(bilingual("CT scan"), bilingual("computed tomography")),
    "MR": Modality(bilingual("MRI scan"), bilingual("magnetic resonance imaging")),
    "US": Modality(bilingual("Ultrasound"), bilingual("ultrasound")),
    "CR": Modality(bilingual("X-ray"), bilingual_in("record", "X-ray")),
    "DX": Modality(bilingual("X-ray"), bilingual_in("record", "X-ray")),
    "MG": Modality(bilingual("Mammogram"), bilingual("mammography")),
    "PT": Modality(bilingual("PET scan"), bilingual("positron emission tomography")),
    "NM": Modality(bilingual("Nuclear medicine scan"), bilingual("nuclear medicine")),
    "XA": Modality(bilingual("Angiogram"), bilingual("angiography")),
    "RF": Modality(bilingual("X-ray film"), bilingual("fluoroscopy")),
    "ES": Modality(bilingual("Endoscopy"), bilingual("endoscopy")),
    "IO": Modality(bilingual("Dental X-ray")),
    "PX": Modality(bilingual("Dental X-ray")),
    "ECG": Modality(bilingual("ECG"), bilingual("electrocardiogram")),
    "OT": Modality(bilingual("Other image"), examination=False),
    "SC": Modality(bilingual("Other image"), examination=False),
    "SR": Modality(bilingual("Report"), examination=False),
    "DOC": Modality(bilingual("Document"), examination=False),
    "PR": Modality(bilingual("Saved display"), examination=False),
    "SEG": Modality(bilingual("Marked areas"), examination=False),
}
