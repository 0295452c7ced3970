"""A head as T2-weighted magnetic resonance shows it: 20 slices, water bright, bone dark."""

from math import pi, sin

import numpy as np

from demo.pictures.canvas import Canvas, Grid, blend, cloud, ellipse, paint, soft

SLICES, SIZE = 20, 256
SCALP, BONE, WATER, CORTEX, WHITE, DEEP, LESION = 620.0, 60.0, 1500.0, 760.0, 520.0, 640.0, 1250.0


def head_slices(*, stroke: bool = False) -> list[Grid]:
    """Each slice as 16-bit numbers of no unit. A stroke lies in the patient's left, on the picture's right side."""
    canvas = Canvas(SIZE, SIZE)
    return [_slice(canvas, number, stroke) for number in range(SLICES)]


def _slice(canvas: Canvas, number: int, stroke: bool) -> Grid:
    x, y = canvas.x, canvas.y
    height = (number + 0.5) / SLICES  # 0 at the base, 1 at the crown
    size = 0.62 + 0.38 * sin(pi * min(0.98, 0.30 + 0.68 * height))
    wide, long = 0.64 * size, 0.82 * size
    around = np.arctan2(y, x)
    picture = np.full((SIZE, SIZE), 12.0, dtype=np.float32)
    paint(picture, canvas, (0, 0), (wide, long), SCALP)
    paint(picture, canvas, (0, 0), (wide - 0.035, long - 0.035), BONE)
    paint(picture, canvas, (0, 0), (wide - 0.085, long - 0.085), WATER)
    folds = 0.020 * np.sin(19 * around + 3 * height) + 0.016 * np.sin(31 * around + number)
    brain = np.sqrt(ellipse(x, y, (0, 0), (wide - 0.115, long - 0.115)))
    blend(picture, soft(brain + np.maximum(folds, 0) * 2.2, 1.0, 0.03), CORTEX)
    furrows = (
        0.10 + 0.06 * np.sin(23 * around + 5 * height) + 0.03 * cloud(picture.shape, 12, 40 + number // 2)
    )
    blend(picture, soft(brain + furrows, 0.96, 0.06), WHITE)
    _between_the_halves(picture, x, y, long)
    if 0.30 < height < 0.75:
        _inside(picture, canvas, sin(pi * (height - 0.30) / 0.45))
    if stroke and 0.35 < height < 0.80:
        _lesion(picture, x, y, sin(pi * (height - 0.35) / 0.45), brain)
    picture = (
        picture
        + 10 * cloud(picture.shape, 24, 70)
        + 18 * np.random.default_rng(number).standard_normal(picture.shape, dtype=np.float32)
    )
    return np.round(np.clip(picture, 0, 4095)).astype(np.uint16)


def _between_the_halves(picture: Grid, x: Grid, y: Grid, long: float) -> None:
    gap = np.abs(x + 0.006 * np.sin(9 * y)) + np.maximum(0, np.abs(y) - long + 0.16)
    front_or_back = np.abs(y) > 0.18
    blend(picture, soft(gap, 0.012, 0.012) * front_or_back, WATER)


def _inside(picture: Grid, canvas: Canvas, open_wide: float) -> None:
    """Deep grey matter and the chambers between it."""
    for side in (-1, 1):
        paint(picture, canvas, (side * 0.15, -0.02), (0.085, 0.14), DEEP, turn=side * 14)
        paint(
            picture,
            canvas,
            (side * 0.075, -0.16),
            (0.045 * open_wide, 0.13 * open_wide),
            WATER,
            turn=side * 16,
        )
        paint(
            picture,
            canvas,
            (side * 0.115, 0.18),
            (0.05 * open_wide, 0.14 * open_wide),
            WATER,
            turn=-side * 20,
        )
    paint(picture, canvas, (0, 0.02), (0.014, 0.09), WATER)


def _lesion(picture: Grid, x: Grid, y: Grid, extent: float, brain: Grid) -> None:
    ragged = np.sqrt(ellipse(x, y, (0.34, -0.02), (0.17 * extent, 0.22 * extent), 12)) + 0.10 * cloud(
        picture.shape, 10, 90
    )
    blend(picture, soft(ragged, 1.0, 0.25) * soft(brain, 0.9, 0.1), LESION)
