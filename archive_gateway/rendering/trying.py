"""Frames are decoded once when their series has come, so that a list says what cannot be shown before anybody opens it.

Bytes are read and decoded between transactions, for as long as the budget lasts: what is left over is tried when the
series is touched again, or by `try-pictures`.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from archive_gateway.rendering.actions import record_trial
from archive_gateway.rendering.queries import UntriedInstance, instance_to_try, untried_instances
from archive_gateway.rendering.renderer import FrameToDecode, Renderer, Verdict
from archive_gateway.rendering.rules.attributes import drawing_attributes
from archive_gateway.store.opening import Store
from foundation import logs
from foundation.commands.running import Transactions

# A scan of two thousand slices takes a minute to decode.
SERIES_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one object this time: frames tried, none where nobody here decodes its syntax."""

    sop_instance_uid: str
    tried: int
    undecodable: int


def try_series(
    series_id: UUID,
    *,
    transactions: Transactions,
    store: Store,
    renderer: Renderer,
    within_s: float = SERIES_WITHIN_S,
) -> Sequence[Trial]:
    """Decode what nobody has tried yet of a series, write it down, and log what cannot be decoded.

    Raises:
        UpstreamDown: the store does not answer.
    """
    until = time.monotonic() + within_s
    with transactions() as session:
        waiting = untried_instances(session, series_id)
    trials = []
    for instance_id in waiting:
        if time.monotonic() > until:
            break
        with transactions() as session:
            instance = instance_to_try(session, instance_id)
        trial = _tried(instance, store=store, renderer=renderer, until=until)
        if not trial.tried:
            continue
        with transactions() as session:
            record_trial(
                session,
                instance_id,
                tried_before=instance.tried_frame_count,
                tried=trial.tried,
                undecodable=trial.undecodable,
            )
        trials.append(trial)
        if trial.undecodable:
            logs.event("dicom.undecodable", message=trial.sop_instance_uid, count=trial.undecodable)
    return trials


def _tried(instance: UntriedInstance, *, store: Store, renderer: Renderer, until: float) -> Trial:
    tried = undecodable = 0
    waiting = instance.frames[instance.tried_frame_count :]
    for number, spans in enumerate(waiting, instance.tried_frame_count + 1):
        if time.monotonic() > until:
            break
        frame = FrameToDecode(
            drawing_attributes(instance.header, frame_number=number),
            instance.transfer_syntax_uid,
            store.read(instance.served_sha256, spans),
        )
        verdict = renderer.tried(frame)
        if verdict is Verdict.NOT_DRAWN:
            break
        tried += 1
        undecodable += verdict is Verdict.BROKEN
    return Trial(instance.sop_instance_uid, tried, undecodable)
