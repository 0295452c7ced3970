"""The drawings by name, each drawn once: `python -m demo.pictures.drawings` keeps them, as `make install` has it do.

They say nothing of anybody and are the same everywhere; only the files made from them bear a patient's name.
"""

import hashlib
import shutil
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import numpy as np

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


HERE = Path(__file__).parent
KEPT = HERE / "drawn"


@cache
def drawing(name: str) -> tuple[Grid, ...]:
    """The pictures of that drawing, in the order of their series; a film is one picture of several frames."""
    kept = KEPT / drawn_by() / f"{name}.npy"
    return tuple(np.load(kept) if kept.exists() else draw(name))


def draw(name: str) -> list[Grid]:
    """The same, drawn now."""
    return _DRAWN[name]()


@cache
def drawn_by() -> str:
    """What the drawings follow from, the code here and numpy: kept ones of other code are nobody's."""
    digest = hashlib.sha256(np.__version__.encode())
    for source in sorted(HERE.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def keep_drawings() -> None:
    """Draw everything and keep it, whole or not at all; what other code drew goes."""
    unfinished = KEPT / "unfinished"
    shutil.rmtree(KEPT, ignore_errors=True)
    unfinished.mkdir(parents=True)
    for name in _DRAWN:
        np.save(unfinished / f"{name}.npy", np.stack(draw(name)))
    unfinished.rename(KEPT / drawn_by())


if __name__ == "__main__":
    keep_drawings()
