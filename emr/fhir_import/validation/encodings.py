"""What the bytes of a file are: text in UTF-8, or something else, which is called by its name."""

import re

from emr.fhir_import.validation.refusals import BundleRefused

# How files of other kinds begin (their specifications' own marks), and what each is.
MARKS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "is a PDF document, not FHIR"),
    (b"\x89PNG", "is a picture (PNG), not FHIR"),
    (b"\xff\xd8\xff", "is a picture (JPEG), not FHIR"),
    (b"\xd0\xcf\x11\xe0", "is an office document, not FHIR"),
    (b"Rar!", "is a RAR archive; send ZIP or gzip"),
    (b"7z\xbc\xaf", "is a 7-Zip archive; send ZIP or gzip"),
    (b"BZh", "is packed with bzip2; send ZIP or gzip"),
    (b"\xfd7zXZ", "is packed with xz; send ZIP or gzip"),
    (b"\x28\xb5\x2f\xfd", "is packed with Zstandard; send ZIP or gzip"),
)
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
ZIPS = (ZIP, b"PK\x05\x06")
# HL7 v2.5.1, 2.6: a message, file or batch begins with its header; on a wire a vertical tab stands before it.
HL7_V2 = re.compile(rb"[\x0b\s]*(?:MSH|FHS|BHS)[^A-Za-z0-9\s]")
# DICOM PS3.10, 7.1.
DICOM_AT = 128
WORDS_OF_ENCODING = {"cp1251": "Windows-1251", "koi8-r": "KOI8-R"}
LOOKED_AT = 4096
CYRILLIC = re.compile("[\u0400-\u045f]")
SMALL_CYRILLIC = re.compile("[\u0430-\u045f]")


def decoded(raw: bytes) -> str:
    """The text that these bytes are.

    Raises:
        BundleRefused: they are something else, which the reason names.
    """
    if why := foreign_kind(raw):
        raise BundleRefused("file", why)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise BundleRefused(f"byte {fault.start}", _other_encoding(raw, fault.start)) from fault


def foreign_kind(raw: bytes) -> str:
    """What the bytes are, where their beginning tells that they are no UTF-8 text; "" where it does not."""
    if not raw.strip():
        return "is empty"
    if raw[DICOM_AT : DICOM_AT + 4] == b"DICM":
        return "is a DICOM object; import-dicom takes it"
    if HL7_V2.match(raw):
        return "is an HL7 v2 message, not FHIR"
    if wide := _wide_encoding(raw[:4]):
        return f"is text in {wide}; FHIR is sent in UTF-8"
    return next((why for mark, why in MARKS if raw.startswith(mark)), "")


def _wide_encoding(beginning: bytes) -> str:
    """By a byte order mark, else by the zeros beside the first sign, which in JSON and XML is ASCII."""
    if beginning in (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff") or beginning.count(0) > 2:
        return "UTF-32"
    zeros = tuple(each == 0 for each in beginning)
    if beginning[:2] in (b"\xff\xfe", b"\xfe\xff") or zeros in ((False, True) * 2, (True, False) * 2):
        return "UTF-16"
    return ""


def _other_encoding(raw: bytes, at: int) -> str:
    """Russian text in the encodings of older systems is told by its letters, most of which are small."""
    beyond = bytes(each for each in raw[at : at + LOOKED_AT] if each > 127)
    small = {}
    for name in WORDS_OF_ENCODING:
        text = beyond.decode(name, errors="replace")
        if len(CYRILLIC.findall(text)) * 4 >= len(text) * 3:
            small[name] = len(SMALL_CYRILLIC.findall(text))
    if not small:
        return "is not UTF-8"
    likely = max(small, key=lambda name: small[name])
    return f"is not UTF-8 but text in {WORDS_OF_ENCODING[likely]}; FHIR is sent in UTF-8"
