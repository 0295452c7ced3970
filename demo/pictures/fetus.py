"""A pregnancy as ultrasound shows it: a short film in which the child's heart beats."""

from math import pi, sin

import numpy as np

from demo.pictures.canvas import Canvas, Grid, blend, capsule, cloud, ellipse, soft

FRAMES, HEIGHT, WIDTH = 24, 300, 400
HALF_ANGLE = 0.66


def fetus_film() -> Grid:
    """All frames, 8 bits."""
    canvas = Canvas(HEIGHT, WIDTH)
    x, y = np.broadcast_arrays(canvas.x, canvas.y)
    depth = np.hypot(x, y + 1.25)
    angle = np.arctan2(x, y + 1.25)
    fan = (np.abs(angle) < HALF_ANGLE) & (depth > 0.30) & (depth < 2.18)
    coarse, fine = cloud((HEIGHT, WIDTH), 2.2, 21), cloud((HEIGHT, WIDTH), 1.1, 22)
    frames = [_frame(x, y, depth, fan, coarse, fine, number) for number in range(FRAMES)]
    return np.stack(frames)


def _frame(x: Grid, y: Grid, depth: Grid, fan: Grid, coarse: Grid, fine: Grid, number: int) -> Grid:
    beat = sin(2 * pi * number / 8)
    sway = 0.012 * sin(2 * pi * number / FRAMES)
    x, y = x - sway, y + sway / 2
    echo = np.full(x.shape, 0.40, dtype=np.float32)
    _paint(echo, ellipse(x, y, (0.02, 0.08), (0.86, 0.58), 6), 0.05)  # water round the child
    _paint(echo, ellipse(x, y, (0.62, 0.36), (0.34, 0.20), -35), 0.52)  # placenta
    _paint(echo, ellipse(x, y, (0.16, 0.12), (0.44, 0.23), 10), 0.46)  # trunk
    _paint(echo, ellipse(x, y, (-0.43, -0.02), (0.27, 0.225), 14), 0.30)  # head
    ring = np.abs(np.sqrt(ellipse(x, y, (-0.43, -0.02), (0.27, 0.225), 14)) - 1)
    echo = np.maximum(echo, 0.95 * soft(ring, 0.05, 0.05))
    midline, _ = capsule(x, y, (-0.64, -0.07), (-0.24, 0.03))
    echo = np.maximum(echo, 0.62 * soft(midline, 0.008, 0.012))
    _spine(echo, x, y)
    size = 0.082 + 0.014 * beat
    _paint(echo, ellipse(x, y, (0.02, 0.12), (size, size * 0.8), 20), 0.30)
    _paint(echo, ellipse(x, y, (0.02, 0.12), (size * 0.72, size * 0.55), 20), 0.04)
    _limb(echo, x, y, (0.42, 0.06), (0.60, -0.16 + 0.02 * beat))
    _limb(echo, x, y, (-0.10, 0.26), (-0.24, 0.42 + 0.015 * beat))
    speckle = np.clip(1 + 0.42 * np.roll(coarse, number // 6, axis=0) + 0.22 * fine, 0, 3)
    seen = echo * speckle * np.exp(-0.22 * (depth - 0.3)) * 215
    return np.round(np.clip(np.where(fan, seen + 6, 0), 0, 255)).astype(np.uint8)


def _spine(echo: Grid, x: Grid, y: Grid) -> None:
    for number in range(15):
        place = number / 14
        at = (-0.18 + 0.72 * place, 0.245 + 0.05 * sin(pi * place))
        echo[:] = np.maximum(echo, 0.85 * soft(np.sqrt(ellipse(x, y, at, (0.016, 0.013))), 1.0, 0.5))


def _limb(echo: Grid, x: Grid, y: Grid, start: tuple[float, float], end: tuple[float, float]) -> None:
    line, _ = capsule(x, y, start, end)
    echo[:] = np.maximum(echo, 0.45 * soft(line, 0.045, 0.03))
    echo[:] = np.maximum(echo, 0.9 * soft(line, 0.012, 0.012))


def _paint(echo: Grid, inside: Grid, value: float) -> None:
    blend(echo, soft(np.sqrt(inside), 1.0, 0.06), value)
