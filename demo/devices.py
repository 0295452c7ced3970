"""The 38 imaging devices of 18 facilities. Models are generic words: nobody's product is meant."""

from collections.abc import Iterable
from dataclasses import dataclass

from demo.facilities import DemoFacility
from foundation.language.bilingual import BilingualText

FACILITIES_WITH_DEVICES = 18
DEVICES = 38

KINDS = {
    "CT": BilingualText("Computed tomograph", "Компьютерный томограф"),
    "MR": BilingualText("Magnetic resonance tomograph", "Магнитно-резонансный томограф"),
    "DX": BilingualText("Digital X-ray unit", "Цифровой рентгеновский аппарат"),
    "US": BilingualText("Ultrasound scanner", "Ультразвуковой сканер"),
    "MG": BilingualText("Digital mammograph", "Цифровой маммограф"),
}

_STANDING_AT = {
    "Orenburg Regional Hospital": "CT CT MR DX US",
    "Orenburg Regional Children’s Hospital": "CT DX US",
    "Orenburg Oncology Centre": "CT MR MG US",
    "Orenburg Diagnostic Centre": "CT MR MG US",
    "Orenburg City Hospital No. 1": "CT DX",
    "Orenburg City Hospital No. 4": "CT DX",
    "Orenburg Polyclinic No. 1": "MG",
    "Orsk City Hospital No. 1": "CT DX US",
    "Orsk Diagnostic Centre": "MR MG",
    "Novotroitsk City Hospital": "CT DX",
    "Buzuluk City Hospital": "CT DX",
    "Buguruslan City Hospital": "CT DX",
    "Sorochinsk City Hospital": "DX",
    "Mednogorsk City Hospital": "DX",
    "Sol-Iletsk City Hospital": "DX",
    "Saraktash District Hospital": "DX",
    "Novosergiyevka District Hospital": "DX",
    "Totskoye District Hospital": "DX",
}


@dataclass(frozen=True, slots=True)
class Device:
    """One imaging device, as it names itself on the wire (DICOM PS3.8: at most 16 characters)."""

    facility: DemoFacility
    modality: str
    ae_title: str
    model: BilingualText


def make_devices(facilities: Iterable[DemoFacility]) -> tuple[Device, ...]:
    """The devices of the facilities that have any, by facility."""
    made = []
    for facility in facilities:
        modalities = _STANDING_AT.get(facility.name.en, "").split()
        for place, modality in enumerate(modalities):
            number = modalities[: place + 1].count(modality)
            title = f"{facility.code.replace('-', '')}{modality}{number}"
            made.append(Device(facility, modality, title, KINDS[modality]))
    return tuple(made)
