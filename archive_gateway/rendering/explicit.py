"""An implicit little endian object as it is sent to whoever names no transfer syntax: explicit (PS3.18 section 8.7.3).

Its pixels are the same bytes in both; what stands before and after them is written anew, in the confined child.
"""

from io import BytesIO

from pydicom import dcmread
from pydicom.filereader import read_dataset
from pydicom.uid import UID

from archive_gateway.dicom.rules.transfer_syntax import EXPLICIT_LITTLE_ENDIAN
from archive_gateway.inspection.part10 import head_of
from archive_gateway.inspection.turning import made_explicit


def explicit_around_pixels(around: bytes, *, before: int) -> tuple[bytes, bytes]:
    """What stands before the pixels, from the preamble on, and what stands after them.

    Args:
        around: both, as they are stored, without the pixels and their header.
        before: how many bytes of it stand before them.
    """
    header = dcmread(BytesIO(around[:before]))
    meta = header.file_meta
    meta.TransferSyntaxUID = UID(EXPLICIT_LITTLE_ENDIAN)
    rest = read_dataset(BytesIO(around[before:]), is_implicit_VR=True, is_little_endian=True)
    return head_of(meta) + made_explicit(header), made_explicit(rest) if rest else b""
