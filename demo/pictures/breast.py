"""A breast as a mammograph shows it, from above and from the side; with or without a node."""

import numpy as np

from demo.pictures.canvas import Canvas, Grid, capsule, cloud, ellipse, soft

HEIGHT, WIDTH = 560, 420
FAT, GLAND, NODE = 900.0, 1150.0, 1350.0


def breast_views(*, node: bool) -> list[Grid]:
    """Craniocaudal and mediolateral oblique, as 12-bit numbers, dense tissue bright; the chest wall is on the left."""
    return [_view(oblique=False, node=node), _view(oblique=True, node=node)]


def _view(*, oblique: bool, node: bool) -> Grid:
    canvas = Canvas(HEIGHT, WIDTH)
    x, y = np.broadcast_arrays(canvas.x, canvas.y)
    wall = -WIDTH / HEIGHT
    middle = (wall, 0.14) if oblique else (wall, 0.0)
    skin = np.sqrt(ellipse(x, y, middle, (1.18, 0.72 if oblique else 0.80)))
    inside = soft(skin, 1.0, 0.02)
    thick = np.sqrt(np.clip(1.05 - skin**2, 0, 1))
    picture = 40 + FAT * inside * (0.35 + 0.65 * thick)
    picture += 260 * np.exp(-(((skin - 0.985) / 0.012) ** 2))
    lobes = soft(np.sqrt(ellipse(x, y, (wall + 0.42, middle[1]), (0.56, 0.46))), 1.0, 0.5)
    texture = (
        0.55 + 0.30 * cloud(picture.shape, 26, 5 + oblique) + 0.16 * cloud(picture.shape, 7, 7 + oblique)
    )
    picture += GLAND * lobes * np.clip(texture, 0, 1.6) * inside * 0.7
    if oblique:
        muscle = soft(y + 1.15 * (x - wall), 0.02 - 0.42, 0.04)
        picture += 1000 * muscle
    if node:
        _add_node(picture, x, y, (wall + 0.46, -0.16) if not oblique else (wall + 0.50, -0.10))
    grain = np.random.default_rng(11 + oblique).normal(0, 14, picture.shape)
    return np.round(np.clip(picture + grain, 0, 4095)).astype(np.uint16)


def _add_node(picture: Grid, x: Grid, y: Grid, at: tuple[float, float]) -> None:
    """A dense knot with rays, which is what makes it suspect."""
    picture += NODE * soft(np.sqrt(ellipse(x, y, at, (0.070, 0.060), 25)), 1.0, 0.5)
    for number in range(9):
        angle = number * 2 * np.pi / 9 + 0.3
        length = 0.15 + 0.04 * (number % 3)
        ray, along = capsule(x, y, at, (at[0] + length * np.cos(angle), at[1] + length * np.sin(angle)))
        picture += 520 * soft(ray, 0.008, 0.010) * (1 - along)
