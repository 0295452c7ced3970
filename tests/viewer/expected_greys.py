"""What should be on the screen, worked out from the file alone with numpy: no code of the viewer takes part."""

import numpy as np
import pydicom


def modality_values(dataset: pydicom.Dataset) -> np.ndarray:
    """The values of an uncompressed single-frame picture after the rescale (DICOM PS3.3 C.11.1)."""
    kind = "<i" if dataset.PixelRepresentation else "<u"
    stored = np.frombuffer(dataset.PixelData, f"{kind}{dataset.BitsAllocated // 8}")
    values = stored[: dataset.Rows * dataset.Columns].reshape(dataset.Rows, dataset.Columns).astype(float)
    return values * float(dataset.get("RescaleSlope", 1)) + float(dataset.get("RescaleIntercept", 0))


def windowed(values: np.ndarray, *, centre: float, width: float) -> np.ndarray:
    """Greys 0 to 255, linearly (DICOM PS3.3 C.11.2.1.2.1)."""
    return np.clip(((values - (centre - 0.5)) / (width - 1) + 0.5) * 255, 0, 255)


def values_on_canvas(
    values: np.ndarray, *, spacing: tuple[float, float], height: int, width: int
) -> tuple[np.ndarray, np.ndarray]:
    """The values that a picture fitted into a canvas shows at each canvas point, and where it lies at all.

    Args:
        spacing: millimetres between rows and between columns.
        height, width: of the canvas, in points.
    """
    rows, columns = values.shape
    points_per_mm = min(height / (rows * spacing[0]), width / (columns * spacing[1]))
    row = (np.arange(height) + 0.5 - height / 2) / points_per_mm / spacing[0] + (rows - 1) / 2
    column = (np.arange(width) + 0.5 - width / 2) / points_per_mm / spacing[1] + (columns - 1) / 2
    inside = np.outer((row > 1) & (row < rows - 2), (column > 1) & (column < columns - 2))
    return _bilinear(values, np.clip(row, 0, rows - 1.001), np.clip(column, 0, columns - 1.001)), inside


def _bilinear(values: np.ndarray, row: np.ndarray, column: np.ndarray) -> np.ndarray:
    top, left = np.floor(row).astype(int), np.floor(column).astype(int)
    down, right = (row - top)[:, None], (column - left)[None, :]
    upper = values[np.ix_(top, left)] * (1 - right) + values[np.ix_(top, left + 1)] * right
    lower = values[np.ix_(top + 1, left)] * (1 - right) + values[np.ix_(top + 1, left + 1)] * right
    return upper * (1 - down) + lower * down
