"""The order of the bytes in a cell. DICOM PS3.5 section 7.3."""


def little_endian(cells: bytes, *, cell_bytes: int) -> bytes:
    """Big endian cells turned round, each on its own."""
    if cell_bytes == 1:
        return cells
    turned = bytearray(len(cells))
    for place in range(cell_bytes):
        turned[place::cell_bytes] = cells[cell_bytes - 1 - place :: cell_bytes]
    return bytes(turned)
