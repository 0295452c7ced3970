"""The labels of entries and the rules that the region begins with: which codes say what the law guards more closely."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

# HL7 v3 ActCode, below _InformationSensitivityPolicy, and R of v3-Confidentiality.
LABELS = ("PSY", "ETH", "HIV", "GDIS", "SEX", "R")

ICD10 = "http://hl7.org/fhir/sid/icd-10"
ICD10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
ATC = "http://www.whocc.no/atc"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
# Of a rule: any code of the system that a sender labels with and that no other rule knows.
ANY_OTHER = "*"

BASES = {
    "PSY": (
        "Law 3185-1 on psychiatric care, art. 9; 323-FZ, art. 13",
        "Закон 3185-1 о психиатрической помощи, ст. 9; 323-ФЗ, ст. 13",
    ),
    "ETH": ("323-FZ, art. 13; 3-FZ, art. 54", "323-ФЗ, ст. 13; 3-ФЗ, ст. 54"),
    "HIV": ("38-FZ on HIV, art. 14; 323-FZ, art. 13", "38-ФЗ о ВИЧ, ст. 14; 323-ФЗ, ст. 13"),
    "GDIS": ("323-FZ, art. 13; 152-FZ, art. 10", "323-ФЗ, ст. 13; 152-ФЗ, ст. 10"),
    "SEX": ("323-FZ, art. 13, 55, 56", "323-ФЗ, ст. 13, 55, 56"),
    "R": ("323-FZ, art. 13", "323-ФЗ, ст. 13"),
}
# Of ICD-10 the categories from and to, or one code with all below it.
ICD_RANGES = {
    "PSY": ("F00-F09", "F20-F99", "X60-X84", "Z03.2", "Z04.6", "Z50.4", "Z91.5"),
    "ETH": ("F10-F19", "Z50.2", "Z50.3", "Z71.4", "Z71.5", "Z72.2"),
    "HIV": ("B20-B24", "F02.4", "O98.7", "R75", "Z11.4", "Z20.6", "Z21", "Z71.7"),
    "GDIS": ("G10", "Q90-Q99", "Z13.7", "Z31.5"),
    "SEX": ("A50-A64", "N46", "N97", "O00-O08", "Z30-Z31", "Z64.0"),
}
SNOMED_CODES = {
    "PSY": (
        *("370143000", "36923009", "35489007", "66344007", "48694002", "197480006", "80583007", "47505003"),
        *("192127007", "406506008", "26929004", "230265002", "52448006", "33380008", "13746004", "58214004"),
        *("82313006", "171207006", "454711000124102", "715252007", "386257007", "850261000000100"),
    ),
    "ETH": (
        *("6525002", "7200002", "15167005", "5602001", "361055000", "191816009", "55680006", "56876005"),
        *("713106006", "428211000124100"),
    ),
    "HIV": ("86406008", "62479008", "165816005", "171121004"),
    "GDIS": ("41040004", "412734009", "412738007"),
    "SEX": (
        *("714812005", "10383002", "386394001", "5880005", "19169002", "35999006", "79586000", "17369002"),
        *("65200003", "46706006", "169553002", "169554008", "22523008", "287664005", "8619003", "6738008"),
    ),
}
LOINC_CODES = {
    "PSY": ("44249-1", "44261-6", "55757-9", "55758-7", "69737-5", "70274-6"),
    "ETH": ("75624-7", "75626-2", "82666-9", "82667-7"),
    "HIV": (
        *("55277-8", "56888-1", "7917-8", "7918-6", "29893-5", "31201-7", "75622-1", "20447-9", "25836-8"),
        *("48345-3", "68961-2", "5221-7", "5220-9", "25835-0"),
    ),
    "GDIS": ("47403-1", "21636-6", "38404-5", "46769-6"),
}
# Whatever else a medicine of these groups is for, it is hardly given for anything else.
ATC_GROUPS = {"PSY": ("N05A",), "ETH": ("N07BB", "N07BC"), "HIV": ("J05AE", "J05AG", "J05AJ", "J05AR")}
SINCE = date(2012, 1, 1)


# What else the same code systems are called, and who says so.
FURTHER_SYSTEMS: Mapping[str, Mapping[str, str]] = {
    ICD10: {
        "urn:oid:2.16.840.1.113883.6.3": "HL7, ICD-10",
        # As the Ministry of Health publishes the classification: its identifier, and the two that it had besides.
        "urn:oid:1.2.643.5.1.13.13.11.1005": "НСИ Минздрава России, МКБ-10",
        "urn:oid:1.2.643.5.1.13.2.1.1.641": "НСИ Минздрава России, МКБ-10",
        "urn:oid:1.2.643.5.1.13.2.1.1.718": "НСИ Минздрава России, МКБ-10",
        "urn:oid:1.2.643.2.69.1.1.1.2": "N3.Здравоохранение, МКБ-10",
    },
    ICD10_CM: {"urn:oid:2.16.840.1.113883.6.90": "HL7, ICD-10-CM"},
    SNOMED: {"urn:oid:2.16.840.1.113883.6.96": "HL7, SNOMED CT"},
    LOINC: {"urn:oid:2.16.840.1.113883.6.1": "HL7, LOINC"},
    ATC: {"urn:oid:2.16.840.1.113883.6.73": "HL7, ATC"},
    ACT_CODE: {
        "urn:oid:2.16.840.1.113883.5.4": "HL7 v3 ActCode",
        "http://hl7.org/fhir/v3/ActCode": "FHIR STU3",
    },
    CONFIDENTIALITY: {
        "urn:oid:2.16.840.1.113883.5.25": "HL7 v3 Confidentiality",
        "http://hl7.org/fhir/v3/Confidentiality": "FHIR STU3",
        "urn:oid:1.2.643.5.1.13.13.99.2.285": "НСИ Минздрава России, уровень конфиденциальности",
    },
}
# HL7 v3 ActCode, below _InformationSensitivityPolicy (FHIR R4, value set security-labels), in our words.
SENSITIVITY = {
    "PSY": ("MH", "BH", "PSYTHPN", "COGN", "DVD", "EMOTDIS"),
    "ETH": ("SUD", "ETHUD", "OPIOIDUD"),
    "GDIS": ("SCA", "SICKLE"),
    "SEX": ("STD",),
    # Sexual assault and violence, what is taboo or specially protected: and whatever else a sender calls sensitive.
    "R": ("SDV", "MST", "VIO", "TBOO", "SPI", ANY_OTHER),
}
# HL7 v3 Confidentiality by the kind of information, and its modifiers (celebrity, sensitive, taboo).
CONFIDENTIAL = {"PSY": ("PSY",), "ETH": ("ETH",), "HIV": ("HIV",), "R": ("SDV", "C", "S", "T")}


def _rule(system: str, label: str, first: str, last: str, compared: int | None) -> dict[str, Any]:
    basis_en, basis_ru = BASES[label]
    return {
        "system": system,
        "code_from": first,
        "code_to": last,
        "compared": compared,
        "label": label,
        "basis_en": basis_en,
        "basis_ru": basis_ru,
        "valid_from": SINCE,
    }


def _ranges(system: str, ranges: Mapping[str, Sequence[str]]) -> Iterator[dict[str, Any]]:
    for label, of_label in ranges.items():
        for each in of_label:
            first, _, last = each.partition("-")
            yield _rule(system, label, first, last or first, len(first))


def _codes(system: str, codes: Mapping[str, Sequence[str]]) -> Iterator[dict[str, Any]]:
    for label, of_label in codes.items():
        yield from (_rule(system, label, code, code, None) for code in of_label)


FIRST_RULES = (
    *_ranges(ICD10, ICD_RANGES),
    *_ranges(ICD10_CM, ICD_RANGES),
    *_ranges(ATC, ATC_GROUPS),
    *_codes(SNOMED, SNOMED_CODES),
    *_codes(LOINC, LOINC_CODES),
    # What a sender has labelled itself.
    *_codes(ACT_CODE, {each: (each,) for each in LABELS[:-1]}),
    *_codes(CONFIDENTIALITY, {"R": ("R", "V")}),
)


def _called(rules: Iterable[dict[str, Any]], systems: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The same rules for the further names of their code system, each with its source."""
    for each in rules:
        for system, source in systems.items():
            bases = {name: f"{each[name]}; {source}" for name in ("basis_en", "basis_ru")}
            yield {**each, "system": system, **bases}


_MARKS = (*_codes(ACT_CODE, SENSITIVITY), *_codes(CONFIDENTIALITY, CONFIDENTIAL))
# What came after the first: whatever senders say themselves, and code systems by their other names.
FURTHER_RULES = (
    *_MARKS,
    *(
        each
        for system, further in FURTHER_SYSTEMS.items()
        for each in _called([rule for rule in (*FIRST_RULES, *_MARKS) if rule["system"] == system], further)
    ),
)
