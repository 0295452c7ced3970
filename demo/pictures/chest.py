"""A chest as computed tomography shows it, in Hounsfield units: 24 slices from the apices of the lungs down."""

from math import cos, pi, sin

import numpy as np

from demo.pictures.canvas import Canvas, Grid, blend, cloud, ellipse, paint, soft

SLICES, SIZE = 24, 256
AIR, FAT, MUSCLE, BLOOD, BONE, MARROW = -1000, -95, 45, 55, 720, 240
LUNG, EMPHYSEMA = -830, -945


def chest_slices(*, emphysema: bool = False) -> list[Grid]:
    """Each slice as 16-bit numbers in Hounsfield units."""
    canvas = Canvas(SIZE, SIZE)
    return [_slice(canvas, number, emphysema) for number in range(SLICES)]


def _slice(canvas: Canvas, number: int, emphysema: bool) -> Grid:
    x, y = canvas.x, canvas.y
    depth = number / (SLICES - 1)  # 0 at the apices, 1 at the diaphragm
    picture = np.full((SIZE, SIZE), AIR, dtype=np.float32)
    width, height = 0.78 + 0.1 * depth, 0.56 + 0.06 * depth
    paint(picture, canvas, (0, 0), (width, height), FAT)
    paint(picture, canvas, (0, 0), (width - 0.06, height - 0.06), MUSCLE)
    _lungs(picture, x, y, depth, number, emphysema)
    _middle(picture, canvas, depth)
    _ribs(picture, canvas, width, height, depth)
    _spine(picture, canvas)
    picture += 14 * np.random.default_rng(number).standard_normal(picture.shape, dtype=np.float32)
    return np.round(np.clip(picture, -1024, 3000)).astype(np.int16)


def _lungs(picture: Grid, x: Grid, y: Grid, depth: float, number: int, emphysema: bool) -> None:
    swell = sin(pi * (0.16 + 0.66 * depth))
    tissue = np.full(picture.shape, LUNG, dtype=np.float32) + 18 * cloud(picture.shape, 9, number)
    vessels = np.abs(cloud(picture.shape, 5, 100 + number // 2))
    tissue = np.where(vessels < 0.10, -120 - 3000 * vessels, tissue)
    if emphysema:
        holes = cloud(picture.shape, 7, 200 + number // 3) > 0.75
        tissue = np.where(holes, EMPHYSEMA - 15, tissue - 40)
    for side in (-1, 1):
        inside = ellipse(x, y, (side * 0.40, -0.02), (0.29 * swell, 0.43 * swell), side * 8)
        blend(picture, soft(np.sqrt(inside), 1.0, 0.03), tissue)


def _middle(picture: Grid, canvas: Canvas, depth: float) -> None:
    """Windpipe, aorta, the great vessels and, further down, the heart."""
    if depth > 0.45:
        size = 0.34 * sin(pi * min(1.0, 0.2 + (depth - 0.45) * 1.1))
        paint(picture, canvas, (0.10, -0.12), (size, size * 0.78), BLOOD, turn=35)
        paint(picture, canvas, (0.14, -0.10), (size * 0.5, size * 0.42), BLOOD + 25, turn=35)
    else:
        paint(picture, canvas, (0, -0.10), (0.16, 0.22), MUSCLE)
        paint(picture, canvas, (0.02, -0.20), (0.10, 0.06), BLOOD + 30)
    paint(picture, canvas, (0.10, 0.20), (0.065, 0.065), BLOOD + 30)
    if depth < 0.5:
        paint(picture, canvas, (0, 0.02), (0.055, 0.05), AIR + 15)
    else:
        for side in (-1, 1):
            paint(picture, canvas, (side * 0.17, 0.05), (0.035, 0.03), AIR + 60)
    paint(picture, canvas, (0, -0.50), (0.10, 0.035), BONE - 250)


def _ribs(picture: Grid, canvas: Canvas, width: float, height: float, depth: float) -> None:
    """Each rib crosses the slice once, further round from slice to slice."""
    for number in range(14):
        angle = 2 * pi * number / 14 + 1.9 * depth
        at = (cos(angle) * (width - 0.12), sin(angle) * (height - 0.11))
        turn = float(np.degrees(np.arctan2(cos(angle) * height, -sin(angle) * width)))
        paint(picture, canvas, at, (0.095, 0.030), BONE, turn=turn)
        paint(picture, canvas, at, (0.053, 0.017), MARROW, turn=turn)


def _spine(picture: Grid, canvas: Canvas) -> None:
    paint(picture, canvas, (0, 0.31), (0.125, 0.095), BONE - 180)
    paint(picture, canvas, (0, 0.31), (0.105, 0.075), MARROW)
    paint(picture, canvas, (0, 0.435), (0.095, 0.055), BONE)
    paint(picture, canvas, (0, 0.425), (0.055, 0.038), 20)
    for side in (-1, 1):
        paint(picture, canvas, (side * 0.14, 0.42), (0.09, 0.022), BONE - 120, turn=side * 18)
    paint(picture, canvas, (0, 0.51), (0.022, 0.055), BONE - 100)
