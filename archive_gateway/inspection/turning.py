"""A data set of another encoding, written anew in explicit little endian. DICOM PS3.5 sections 7.3, A.1 and A.3."""

from typing import BinaryIO

from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filereader import read_dataset
from pydicom.filewriter import write_dataset

from archive_gateway.dicom.rules.byte_order import little_endian
from archive_gateway.dicom.rules.refusals import FileRefused

_PIXEL_DATA = 0x7FE00010
# Numbers that the decoder leaves as bytes; the others it writes in either order by itself.
_CELL_BYTES = {"OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8}


def turned(file: BinaryIO) -> list[bytes] | None:
    """The data set at which the file stands, in little endian order; None, and the file stands there still, where an
    element cannot be read, so that nobody knows what to turn.
    """
    begins = file.tell()
    try:
        dataset = read_dataset(file, is_implicit_VR=False, is_little_endian=False)
        _turn_words(dataset, bits_allocated=int(dataset.get("BitsAllocated") or 0))
        written = made_explicit(dataset)
    except FileRefused:
        raise
    except Exception:
        file.seek(begins)
        return None
    return [written]


def made_explicit(dataset: Dataset) -> bytes:
    """A data set that was read from implicit little endian, in explicit. Private values of an unknown kind are UN (PS3.5 6.2.2)."""
    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, False
    write_dataset(buffer, dataset)
    return buffer.getvalue()


def _turn_words(dataset: Dataset, *, bits_allocated: int) -> None:
    """Turn each value of an item and of the items in it; cells of pixels may be wider than a word."""
    for element in dataset:
        if element.VR == "SQ":
            for item in element.value or ():
                _turn_words(item, bits_allocated=int(item.get("BitsAllocated") or 0))
        elif element.VR in _CELL_BYTES and isinstance(element.value, bytes):
            cell_bytes = _CELL_BYTES[element.VR]
            if element.tag == _PIXEL_DATA:
                cell_bytes = max(cell_bytes, bits_allocated // 8)
            element.value = little_endian(element.value, cell_bytes=cell_bytes)
