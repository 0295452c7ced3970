"""What this process knows to be in the database already, so that it need not be looked up or written again.

It forgets, and another process never knew: a row may be written once more, never not at all.
"""

from collections import OrderedDict
from collections.abc import Hashable, Iterable

from sqlalchemy import event

from foundation.database.transactions import ActorSession


class RecentKeys:
    """A set of keys that forgets the oldest.

    Args:
        capacity: how many keys are kept.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._keys: OrderedDict[Hashable, None] = OrderedDict()

    def contains(self, key: Hashable) -> bool:
        """Whether the key is known; False says nothing."""
        return key in self._keys

    def add_after_commit(self, session: ActorSession, keys: Iterable[Hashable]) -> None:
        """Take these in once the session's one transaction has been committed."""
        wanted = list(keys)

        def committed(of: ActorSession) -> None:
            # The end of a savepoint is told as a commit too, and what it wrote may still be taken back.
            if not of.in_nested_transaction():
                self._add(wanted)

        event.listen(session, "after_commit", committed)

    def _add(self, keys: Iterable[Hashable]) -> None:
        for key in keys:
            self._keys[key] = None
        while len(self._keys) > self._capacity:
            self._keys.popitem(last=False)
