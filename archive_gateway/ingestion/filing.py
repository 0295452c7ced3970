"""One file, in as many short transactions as it takes: what is slow happens between them."""

from dataclasses import replace

from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from archive_gateway.ingestion.actions.storing import StoringResult, store_received
from archive_gateway.ingestion.comparing import Comparison, ComparisonNeeded, compare
from archive_gateway.ingestion.ingestor import Ingestor
from archive_gateway.ingestion.received import ParsedInstance, Received
from archive_gateway.studies.actions.registering import UNATTRIBUTED, Attribution
from foundation.commands.running import Transactions

CANNOT_BE_WRITTEN = "What it says of itself cannot be written into the index ({fault})."
# What a hostile or odd file can still bring about; that the database or the store is away is not the file's fault.
UNWRITABLE = (ValueError, SQLAlchemyError)
_AWAY = (OperationalError, InterfaceError)
# Somebody else would have to replace the stored object while each comparison runs.
_MOST_COMPARISONS = 3


def file_received(
    received: Received,
    *,
    ingestor: Ingestor,
    transactions: Transactions,
    attribution: Attribution = UNATTRIBUTED,
) -> StoringResult:
    """Store a file, or set it aside with the reason.

    Raises:
        OSError, SQLAlchemyError, Refusal: our own side cannot take it now.
    """
    try:
        return _filed(received, ingestor=ingestor, transactions=transactions, attribution=attribution)
    except _AWAY:
        raise
    except UNWRITABLE as fault:
        if not isinstance(received, ParsedInstance):
            raise
        refused = received.refused(CANNOT_BE_WRITTEN.format(fault=type(fault).__name__))
        apart = replace(refused, original=ingestor.waiting_again(received.original))
        return _filed(apart, ingestor=ingestor, transactions=transactions, attribution=attribution)


def _filed(
    received: Received, *, ingestor: Ingestor, transactions: Transactions, attribution: Attribution
) -> StoringResult:
    comparison: Comparison | None = None
    for _ in range(_MOST_COMPARISONS):
        try:
            with transactions() as session:
                return store_received(
                    session,
                    received,
                    store=ingestor.store,
                    attribution=attribution,
                    comparison=comparison,
                    quota=ingestor.quota,
                )
        except ComparisonNeeded as needed:
            # Only an object that could be read is ever compared.
            assert isinstance(received, ParsedInstance)  # noqa: S101
            comparison = compare(needed.stored, received, store=ingestor.store, renderer=ingestor.renderer)
    raise OSError("an object is replaced again and again while it is compared")
