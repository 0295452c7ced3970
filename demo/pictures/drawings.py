"""The drawings by name, each drawn once however often it is used."""

from collections.abc import Callable, Mapping
from functools import cache

from demo.pictures.breast import breast_views
from demo.pictures.canvas import Grid
from demo.pictures.chest import chest_slices
from demo.pictures.fetus import fetus_film
from demo.pictures.skull import head_slices
from demo.pictures.wrist import wrist

_DRAWN: Mapping[str, Callable[[], list[Grid]]] = {
    "breast": lambda: breast_views(node=False),
    "breast with node": lambda: breast_views(node=True),
    "chest": chest_slices,
    "chest with emphysema": lambda: chest_slices(emphysema=True),
    "fetus": lambda: [fetus_film()],
    "head": head_slices,
    "head with stroke": lambda: head_slices(stroke=True),
    "wrist broken": lambda: [wrist("broken")],
    "wrist set": lambda: [wrist("set")],
    "wrist healed": lambda: [wrist("healed")],
}


@cache
def drawing(name: str) -> tuple[Grid, ...]:
    """The pictures of that drawing, in the order of their series; a film is one picture of several frames."""
    return tuple(_DRAWN[name]())
