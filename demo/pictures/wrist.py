"""A wrist as an X-ray shows it: broken, set in plaster, healed."""

from dataclasses import dataclass

import numpy as np

from demo.pictures.canvas import Canvas, Grid, capsule, cloud, ellipse, soft

HEIGHT, WIDTH = 560, 400
BACKGROUND, FLESH, BONE, SHELL, PLASTER = 90.0, 620.0, 1500.0, 950.0, 420.0
BREAK_AT = 0.30  # below this height lies the forearm, above it the fragment with the hand
PIVOT = (-0.12, BREAK_AT)


@dataclass(frozen=True)
class _Pose:
    """How the fragment lies, how sharp the line of the break is, and what covers it."""

    turn: float
    shift: tuple[float, float]
    line: float
    callus: float
    plaster: bool


_POSES = {
    "broken": _Pose(turn=13.0, shift=(0.085, -0.015), line=1.0, callus=0.0, plaster=False),
    "set": _Pose(turn=1.0, shift=(0.008, 0.0), line=0.55, callus=0.0, plaster=True),
    "healed": _Pose(turn=0.0, shift=(0.0, 0.0), line=0.15, callus=1.0, plaster=False),
}

# Start, end, half-width at the ends and in the middle.
_FOREARM = (
    ((0.17, 1.15), (0.15, 0.16), 0.065, 0.052),  # ulna
)
_RADIUS = ((-0.16, 1.20), (-0.12, 0.12), 0.135, 0.070)
_HAND = (
    ((-0.10, -0.16), (-0.20, -0.62), 0.052, 0.036),
    ((-0.02, -0.18), (-0.04, -0.68), 0.050, 0.034),
    ((0.07, -0.17), (0.11, -0.63), 0.048, 0.032),
    ((0.14, -0.14), (0.24, -0.55), 0.046, 0.031),
    ((-0.21, -0.06), (-0.42, -0.34), 0.054, 0.040),
    ((-0.21, -0.69), (-0.25, -1.05), 0.042, 0.030),
    ((-0.04, -0.75), (-0.05, -1.10), 0.042, 0.030),
    ((0.12, -0.70), (0.16, -1.05), 0.040, 0.029),
    ((0.26, -0.61), (0.34, -0.92), 0.037, 0.027),
    ((-0.45, -0.39), (-0.56, -0.62), 0.044, 0.033),
)
_CARPALS = (
    ((-0.16, 0.00), (0.075, 0.060), -20), ((-0.03, 0.01), (0.070, 0.060), 10), ((0.09, 0.02), (0.060, 0.055), 0),
    ((0.15, -0.03), (0.040, 0.040), 0), ((-0.19, -0.09), (0.060, 0.050), 20), ((-0.09, -0.10), (0.048, 0.050), 0),
    ((-0.01, -0.11), (0.055, 0.072), 0), ((0.09, -0.08), (0.062, 0.062), -15),
)  # fmt: skip


def wrist(state: str) -> Grid:
    """The X-ray as 12-bit numbers, bone bright; `state` is broken, set or healed."""
    pose = _POSES[state]
    canvas = Canvas(HEIGHT, WIDTH)
    x, y = np.broadcast_arrays(canvas.x, canvas.y)
    hx, hy = canvas.turned(pose.turn, PIVOT, pose.shift)
    picture = np.full((HEIGHT, WIDTH), BACKGROUND, dtype=np.float32)
    picture += _flesh(x, y, hx, hy)
    for part in _FOREARM:
        picture += _bone(x, y, *part)
    for part in _HAND:
        picture += _bone(hx, hy, *part)
    picture += _bone(x, y, *_RADIUS) * soft(-_past_the_break(x, y), 0.0, 0.012)
    picture += _bone(hx, hy, *_RADIUS) * soft(_past_the_break(hx, hy), 0.0, 0.012)
    for at, size, turn in _CARPALS:
        picture += _small_bone(hx, hy, at, size, turn)
    _break(picture, x, y, pose)
    if pose.plaster:
        picture += _plaster(x, y)
    grain = np.random.default_rng(1).normal(0, 16, picture.shape) + 14 * cloud(picture.shape, 3, 2)
    return np.round(np.clip(picture + grain, 0, 4095)).astype(np.uint16)


def _flesh(x: Grid, y: Grid, hx: Grid, hy: Grid) -> Grid:
    """The arm, the palm and the fingers; where they overlap the thicker one counts."""
    arm, along = capsule(x, y, (0.0, 1.4), (0.0, 0.15))
    thickest = soft(arm, 0.36 - 0.07 * along, 0.05) * np.sqrt(np.clip(1 - (arm / 0.40) ** 2, 0, 1))
    palm = np.sqrt(ellipse(hx, hy, (0.0, -0.28), (0.36, 0.46)))
    thickest = np.maximum(thickest, soft(palm, 1.0, 0.06) * np.sqrt(np.clip(1 - (palm / 1.12) ** 2, 0, 1)))
    for start, end, *_ in _HAND:
        finger, _place = capsule(hx, hy, start, end)
        thickest = np.maximum(thickest, 0.62 * soft(finger, 0.088, 0.03))
    return FLESH * thickest


def _bone(
    x: Grid, y: Grid, start: tuple[float, float], end: tuple[float, float], wide: float, thin: float
) -> Grid:
    """A long bone: a dense shell, marrow inside, wider ends."""
    distance, along = capsule(x, y, start, end)
    half = thin + (wide - thin) * (2 * along - 1) ** 4
    shell = soft(distance, half, 0.014) - 0.55 * soft(distance, half * 0.66, 0.03)
    beams = 1 + 0.05 * np.sin(90 * x + 40 * y)
    return (SHELL * shell + 260 * soft(distance, half, 0.02)) * beams


def _small_bone(x: Grid, y: Grid, at: tuple[float, float], size: tuple[float, float], turn: float) -> Grid:
    inside = np.sqrt(ellipse(x, y, at, size, turn))
    return 560 * soft(inside, 1.0, 0.16) - 180 * soft(inside, 0.72, 0.3)


def _past_the_break(x: Grid, y: Grid) -> Grid:
    """How far below the ragged line of the break a place lies; negative on the side of the hand."""
    return y - BREAK_AT - 0.022 * np.sin(34 * x) - 0.016 * np.sin(71 * x + 1.3) - 0.18 * (x + 0.13)


def _break(picture: Grid, x: Grid, y: Grid, pose: _Pose) -> None:
    """The dark, ragged line; later the bright callus round it."""
    ragged = _past_the_break(x, y)
    near = soft(np.abs(x + 0.13), 0.115, 0.04)
    line = np.exp(-((ragged / 0.013) ** 2)) * near
    picture -= 500 * pose.line * line
    if pose.callus:
        picture += 300 * np.exp(-((ragged / 0.055) ** 2)) * soft(np.abs(x + 0.13), 0.155, 0.06)


def _plaster(x: Grid, y: Grid) -> Grid:
    """A splint over hand and forearm, with the weave that plaster shows."""
    extent = soft(np.abs(x), 0.46, 0.03) * soft(-y, 0.52, 0.04)
    return PLASTER * extent * (1 + 0.06 * np.sin(70 * x) * np.sin(70 * y))
