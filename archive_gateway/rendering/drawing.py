"""The pixels of one frame as a screen shows them: greys through their window, colours as red, green and blue of 8 bits."""

import hashlib
from math import inf, isfinite

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.pixels import apply_color_lut, apply_modality_lut, apply_voi_lut, pixel_array
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import UID

from archive_gateway.dicom.rules.transfer_syntax import EXPLICIT_LITTLE_ENDIAN, is_native
from archive_gateway.rendering.rules.codestream import breaks_off, jpeg_ls_header, precision_of

_PALETTE = "PALETTE COLOR"
_INVERSE = "MONOCHROME1"
_GREYS = frozenset({_INVERSE, "MONOCHROME2"})
_COLOURS = frozenset({"RGB", "YBR_RCT", "YBR_ICT"})
# What the decoder turns into red, green and blue; only in 8 bits.
_LUMA_AND_CHROMA = frozenset({"YBR_FULL", "YBR_FULL_422"})
_WHITE = 255
_JPEG = "1.2.840.10008.1.2.4."
# The same decoder reads every JPEG of one sample after another; pydicom hands it 12 bits, and what is retired, under
# the name of the plainest alone.
_DECODED_AS = dict.fromkeys((_JPEG + number for number in ("51", "53", "55")), _JPEG + "50")
_JPEG_LS = frozenset({_JPEG + "80", _JPEG + "81"})
# Lossless, so that no value strays beyond its bits by a rounding.
_EXACT = frozenset(_JPEG + number for number in ("57", "70", "80", "90", "201"))
# How far the values of a lossy frame may stray beyond their range, as a part of it: where black meets white, what is
# compressed overshoots. Further out they are values of other bits.
_OVERSHOOT = 1 / 16
_OCTET = 8
# Below, GDCM hands out an empty picture of JPEG-LS and calls it decoded.
_LEAST_BITS_OF_JPEG_LS = 8
_SCREEN_BITS = 8
# Far outliers must not darken everything else where a picture brings no window; as the viewer does.
_QUANTILES = (0.005, 0.995)


class CannotBeDecoded(Exception):
    """The bytes of the frame are not what their syntax says."""


class NotDrawn(Exception):
    """There is no decoder here for the syntax, or no way to draw such pixels."""


def has_decoder(transfer_syntax_uid: str) -> bool:
    """Whether frames of this syntax can be decoded by what is installed."""
    try:
        return bool(get_decoder(UID(_decoded_as(transfer_syntax_uid))).is_available)
    except NotImplementedError:
        return False


def decoded(attributes: Dataset, frame: bytes, *, transfer_syntax_uid: str, raw: bool = False) -> np.ndarray:
    """The values of one frame.

    Args:
        frame: as it is sent: native cells in little endian, or one compressed picture.
        raw: leave the colour space as it is.

    Raises:
        NotDrawn: nobody here decodes such frames.
        CannotBeDecoded: it is broken.
    """
    native = is_native(transfer_syntax_uid)
    if not has_decoder(transfer_syntax_uid):
        raise NotDrawn("There is no decoder for it.")
    if breaks_off(frame, transfer_syntax_uid):
        raise CannotBeDecoded("The frame breaks off.")
    if transfer_syntax_uid in _JPEG_LS:
        _require_legible(attributes, frame)
    strayed = None if native else _strayed(attributes, frame, transfer_syntax_uid)
    if strayed is not None:
        return strayed
    try:
        return pixel_array(_single(attributes, frame, _decoded_as(transfer_syntax_uid)), raw=raw)
    except MemoryError:
        raise
    except Exception as fault:
        if native:
            raise NotDrawn(f"Pixels of this kind are not drawn ({type(fault).__name__}).") from fault
        raise CannotBeDecoded(f"The frame cannot be decoded ({type(fault).__name__}).") from fault


def _decoded_as(transfer_syntax_uid: str) -> str:
    """The syntax under which pydicom is asked to decode it."""
    if is_native(transfer_syntax_uid):
        return EXPLICIT_LITTLE_ENDIAN
    return _DECODED_AS.get(transfer_syntax_uid, transfer_syntax_uid)


def _require_legible(attributes: Dataset, frame: bytes) -> None:
    """Refuse what the decoder of JPEG-LS would read wrongly without a word."""
    header = jpeg_ls_header(frame)
    if header is None or (header.rows, header.columns) != (attributes.Rows, attributes.Columns):
        raise CannotBeDecoded("The frame has another size than its object says.")
    if min(header.precision, int(attributes.get("BitsStored") or header.precision)) < _LEAST_BITS_OF_JPEG_LS:
        raise NotDrawn("There is no decoder for so few bits.")


def _strayed(attributes: Dataset, frame: bytes, transfer_syntax_uid: str) -> np.ndarray | None:
    """The greys of a lossy frame of which some overshoot, each at the end of its range; None where none does.

    Refuses what has not the bits of its object: decoders fold such values into the bits that they are promised.
    Sixteen bits of codestream around twelve that are used are common, and right as long as the values keep to them.
    """
    precision, allocated = precision_of(frame), int(attributes.BitsAllocated)
    stored = int(attributes.get("BitsStored") or allocated)
    if precision is None or precision == stored:
        return None
    if precision > allocated or (precision < stored and _octets(precision) != _octets(stored)):
        raise CannotBeDecoded("The frame has other bits than its object says.")
    if precision < stored:
        return None
    values = _of_all_bits(attributes, frame, transfer_syntax_uid, bits=precision)
    # Signs may be carried through the bits that are not used, or not: then nothing is below nought.
    least, most = (
        (-(1 << (stored - 1)), (1 << (stored - 1)) - 1) if values.min() < 0 else (0, (1 << stored) - 1)
    )
    if least <= values.min() and values.max() <= most:
        return None
    greys = values.ndim == len(("rows", "columns"))
    spare = (most - least) * _OVERSHOOT if greys and transfer_syntax_uid not in _EXACT else 0
    if values.min() < least - spare or values.max() > most + spare:
        raise CannotBeDecoded("The frame has values of more bits than its object says.")
    return values.clip(least, most)


def _octets(bits: int) -> int:
    return -(-bits // _OCTET)


def _of_all_bits(attributes: Dataset, frame: bytes, transfer_syntax_uid: str, *, bits: int) -> np.ndarray:
    """The values as the codestream tells them, whatever the object says of their bits."""
    whole = Dataset()
    whole.update(attributes)
    whole.BitsStored, whole.HighBit = bits, bits - 1
    try:
        return pixel_array(_single(whole, frame, _decoded_as(transfer_syntax_uid)), raw=True)
    except MemoryError:
        raise
    except Exception as fault:
        raise CannotBeDecoded(f"The frame cannot be decoded ({type(fault).__name__}).") from fault


def drawn(attributes: Dataset, frame: bytes, *, transfer_syntax_uid: str) -> np.ndarray:
    """The frame in 8 bits: rows by columns, or rows by columns by three colours.

    Raises:
        NotDrawn, CannotBeDecoded: as `decoded`.
    """
    values = decoded(attributes, frame, transfer_syntax_uid=transfer_syntax_uid)
    try:
        return _shown(values, attributes)
    except (MemoryError, NotDrawn):
        raise
    except Exception as fault:
        raise NotDrawn(f"Pixels of this kind are not drawn ({type(fault).__name__}).") from fault


def digest_of(values: np.ndarray) -> bytes:
    """What two frames share that hold the same values in the same places, whatever width a decoder gave them."""
    narrow = values.dtype.kind in "iub" and values.dtype.itemsize <= 2
    plain = values.astype("<i4" if narrow else values.dtype.newbyteorder("<"), copy=False)
    digest = hashlib.sha256(f"{plain.shape}{plain.dtype.kind}".encode())
    digest.update(np.ascontiguousarray(plain).data)
    return digest.digest()


def _single(attributes: Dataset, frame: bytes, syntax: str) -> Dataset:
    """An object of this one frame; what a device left out is what the standard says of it, or most devices mean."""
    single = Dataset()
    single.update(attributes)
    single.file_meta = FileMetaDataset()
    single.file_meta.TransferSyntaxUID = UID(syntax)
    single.NumberOfFrames = 1
    bits = int(single.BitsAllocated)
    for keyword, usual in (("BitsStored", bits), ("PixelRepresentation", 0), ("SamplesPerPixel", 1)):
        if single.get(keyword) in (None, ""):
            setattr(single, keyword, usual)
    if not single.get("PhotometricInterpretation"):
        single.PhotometricInterpretation = "MONOCHROME2" if single.SamplesPerPixel == 1 else "RGB"
    if single.SamplesPerPixel > 1 and single.get("PlanarConfiguration") in (None, ""):
        single.PlanarConfiguration = 0
    single.PixelData = frame + bytes(len(frame) % 2) if is_native(syntax) else encapsulate([frame])
    single["PixelData"].VR = "OW" if is_native(syntax) and bits > _SCREEN_BITS else "OB"
    return single


def _shown(values: np.ndarray, attributes: Dataset) -> np.ndarray:
    bits = int(attributes.get("BitsStored") or attributes.BitsAllocated)
    kind = attributes.get("PhotometricInterpretation") or ("MONOCHROME2" if values.ndim == 2 else "RGB")
    if kind == _PALETTE:
        colours = apply_color_lut(values, attributes)
        return _in_screen_bits(colours, bits=8 * colours.dtype.itemsize)
    if kind in _COLOURS or (kind in _LUMA_AND_CHROMA and bits <= _SCREEN_BITS):
        return _in_screen_bits(values[..., :3], bits=bits)
    if kind not in _GREYS:
        raise NotDrawn(f"{kind} of {bits} bits is not drawn.")
    greys = values * np.uint8(_WHITE) if bits == 1 else _windowed(values, attributes)
    return _WHITE - greys if kind == _INVERSE else greys


def _in_screen_bits(colours: np.ndarray, *, bits: int) -> np.ndarray:
    """The highest eight bits of each sample."""
    shift = bits - _SCREEN_BITS
    return np.ascontiguousarray(colours >> shift if shift > 0 else colours).astype(np.uint8)


def _windowed(values: np.ndarray, attributes: Dataset) -> np.ndarray:
    """Greys 0 to 255, linearly (DICOM PS3.3 C.11.2.1.2.1)."""
    values = apply_modality_lut(values, attributes)
    window = _legal_window(attributes)
    if window is None and "VOILUTSequence" in attributes:
        values = apply_voi_lut(values, attributes)
    if window is None:
        lower, upper = np.quantile(values, _QUANTILES)
        window = (lower + upper + 1) / 2, max(1.0, upper - lower + 1)
    centre, width = window
    share = (values - (centre - 0.5)) / max(width - 1, 1e-6) + 0.5
    return np.rint(np.clip(share, 0, 1) * _WHITE).astype(np.uint8)


def _legal_window(attributes: Dataset) -> tuple[float, float] | None:
    """The first window; one that the standard forbids counts as absent (C.11.2.1.2)."""
    centre, width = (_first(attributes.get(keyword)) for keyword in ("WindowCenter", "WindowWidth"))
    if centre is None or width is None or not isfinite(centre) or not 1 <= width < inf:
        return None
    return centre, width


def _first(value: object) -> float | None:
    each = value if isinstance(value, str | float | int) else next(iter(value or ()), None)  # type: ignore[call-overload]
    try:
        return None if each in (None, "") else float(each)
    except (TypeError, ValueError):
        return None
