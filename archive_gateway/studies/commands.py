"""`assign-study`: an operator found out whose pictures they are."""

import click

from archive_gateway.studies.actions import assigning
from archive_gateway.studies.patient_argument import patient_named
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
