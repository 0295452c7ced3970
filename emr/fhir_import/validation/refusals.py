"""How the import says no: where in the bundle, and why, without repeating what patients are called."""


class BundleRefused(Exception):
    """A bundle is refused whole; `resources` is how many it would have brought, where that could be counted."""

    def __init__(self, where: str, why: str, *, resources: int = 0) -> None:
        self.where = where
        self.why = why
        self.resources = resources
        super().__init__(f"{where}: {why}")
