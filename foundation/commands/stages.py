"""How a step tells whoever started it what it is doing: a line of its output that begins so."""

STAGE = "Stage: "


def tell_stage(sentence: str) -> None:
    """Say what is being done now."""
    print(f"{STAGE}{sentence}", flush=True)


def stages_in(output: str) -> list[str]:
    """The sentences told so far; a line that is still being written does not count."""
    lines = output.splitlines(keepends=True)
    return [
        line.removeprefix(STAGE).rstrip("\n")
        for line in lines
        if line.startswith(STAGE) and line.endswith("\n")
    ]
