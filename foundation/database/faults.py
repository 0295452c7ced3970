"""What the database says of a fault, without what is in the rows: the texts end in logs and on terminals."""

import psycopg2
from psycopg2.extensions import Diagnostics
from sqlalchemy import Engine, ExceptionContext, event

# Class 22 of the SQLSTATEs ("data exception"): the sentence itself quotes the value.
QUOTES_THE_VALUE = "22"


def redact_row_values(engine: Engine) -> None:
    """From now on the faults of this engine name the rule that was broken, not the row that broke it.

    PostgreSQL adds lines such as `DETAIL: Failing row contains (…)`, and `LINE 1:` with the values in their places.
    The diagnostics stay on the exception for code that decides by them; nothing prints those.
    """
    event.listen(engine, "handle_error", _shorten)


def _shorten(context: ExceptionContext) -> None:
    fault = context.original_exception
    if not isinstance(fault, psycopg2.Error):
        return
    fault.args = (_in_short(fault),)
    if context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = (f"({type(fault).__name__}) {fault.args[0]}",)


def _in_short(fault: psycopg2.Error) -> str:
    diagnostics: Diagnostics = fault.diag
    if fault.pgcode is None:  # the driver's own words, about a connection
        return str(fault).partition("\n")[0]
    if fault.pgcode.startswith(QUOTES_THE_VALUE):
        return f"a value was refused (SQLSTATE {fault.pgcode})"
    return str(diagnostics.message_primary)
