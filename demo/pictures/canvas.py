"""Shapes on a grid: ellipses, capsules and soft noise, from which the phantoms are put together."""

from dataclasses import dataclass
from functools import cached_property
from math import cos, hypot, radians, sin

import numpy as np

Grid = np.ndarray


@dataclass(frozen=True)
class Canvas:
    """Places on a picture: x to the right and y downward from -1 to 1 over `height`, x wider where `width` is."""

    height: int
    width: int

    @cached_property
    def x(self) -> Grid:
        half = self.width / self.height
        return np.linspace(-half, half, self.width, dtype=np.float32)[np.newaxis, :]

    @cached_property
    def y(self) -> Grid:
        return np.linspace(-1, 1, self.height, dtype=np.float32)[:, np.newaxis]

    def turned(
        self, degrees: float, about: tuple[float, float], shift: tuple[float, float]
    ) -> tuple[Grid, Grid]:
        """The places as a part sees them that was shifted and turned about a point."""
        angle = radians(-degrees)
        x, y = self.x - about[0] - shift[0], self.y - about[1] - shift[1]
        return cos(angle) * x - sin(angle) * y + about[0], sin(angle) * x + cos(angle) * y + about[1]


def ellipse(x: Grid, y: Grid, at: tuple[float, float], size: tuple[float, float], turn: float = 0.0) -> Grid:
    """Below 1 inside the ellipse: the squared distance from its middle in its own measure."""
    angle = radians(turn)
    dx, dy = x - at[0], y - at[1]
    along = (dx * cos(angle) + dy * sin(angle)) / size[0]
    across = (dy * cos(angle) - dx * sin(angle)) / size[1]
    return along**2 + across**2


def paint(
    picture: Grid,
    canvas: Canvas,
    at: tuple[float, float],
    size: tuple[float, float],
    value: float,
    *,
    turn: float = 0.0,
    softness: float = 0.05,
) -> None:
    """Fill an ellipse with a value; only the part of the picture that it touches is computed."""
    reach = max(size) * (1 + softness)
    rows = _within(canvas.y[:, 0], at[1], reach)
    columns = _within(canvas.x[0], at[0], reach)
    inside = ellipse(canvas.x[:, columns], canvas.y[rows], at, size, turn)
    blend(picture[rows, columns], soft(np.sqrt(inside), 1.0, softness), value)


def blend(picture: Grid, share: Grid, value: Grid | float) -> None:
    """Let the value take its share of the picture."""
    picture[:] = picture * (1 - share) + value * share


def _within(places: Grid, middle: float, reach: float) -> slice:
    first, last = np.searchsorted(places, (middle - reach, middle + reach))
    return slice(int(first), int(last))


def capsule(x: Grid, y: Grid, start: tuple[float, float], end: tuple[float, float]) -> tuple[Grid, Grid]:
    """The distance from the line between two points, and how far along it (0 to 1) the nearest point is."""
    length = hypot(end[0] - start[0], end[1] - start[1])
    ux, uy = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    along = np.clip(((x - start[0]) * ux + (y - start[1]) * uy) / length, 0, 1)
    dx, dy = x - start[0] - along * ux * length, y - start[1] - along * uy * length
    return np.hypot(dx, dy), along


def soft(distance: Grid, edge: Grid | float, softness: float) -> Grid:
    """1 inside the edge, 0 outside, smooth between."""
    return np.clip((edge - distance) / softness + 0.5, 0, 1)


def cloud(shape: tuple[int, int], grain: float, seed: int) -> Grid:
    """Smooth noise with mean 0 and deviation 1; the larger the grain (in pixels), the coarser."""
    noise = np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)
    fy, fx = np.fft.fftfreq(shape[0])[:, np.newaxis], np.fft.rfftfreq(shape[1])[np.newaxis, :]
    kept = np.exp(-((fx**2 + fy**2) * (np.pi * grain) ** 2))
    made = np.fft.irfft2(np.fft.rfft2(noise) * kept, s=shape)
    return ((made - made.mean()) / made.std()).astype(np.float32)
