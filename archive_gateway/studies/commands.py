"""`list-unassigned`, `assign-study`: pictures that are nobody's yet, and an operator who found out whose they are."""

import click
import orjson

from archive_gateway.studies.actions import assigning
from archive_gateway.studies.patient_argument import patient_named
from archive_gateway.studies.queries.stored import unassigned_studies
from foundation.commands.running import loader_transactions, with_readable_errors


@click.command("assign-study")
@click.argument("study_uid")
@click.argument("patient")
@with_readable_errors
def assign_study(study_uid: str, patient: str) -> None:
    """Give the study STUDY_UID to PATIENT (id or SNILS)."""
    with loader_transactions() as transactions, transactions() as session:
        patient_id = patient_named(session, patient)
        assigning.assign_study(session, study_uid, patient_id=patient_id)
    click.echo("The study has been given to the patient.")


@click.command("list-unassigned")
@with_readable_errors
def list_unassigned() -> None:
    """Tell every study that is nobody's yet, with what its device said of the person, the newest first."""
    with loader_transactions() as transactions, transactions() as session:
        studies = unassigned_studies(session)
    for each in studies:
        click.echo(orjson.dumps(each._asdict()).decode())
    click.echo(orjson.dumps({"unassigned": len(studies)}).decode())
