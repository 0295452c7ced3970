"""What the database's own guards mean to the person who met one: they stand where two people act at the same moment."""

from sqlalchemy.exc import IntegrityError

from foundation.errors import RuleBroken


def refusal_for(fault: IntegrityError) -> RuleBroken | IntegrityError:
    """The refusal for the person; the fault itself where it guards something else."""
    diagnosis = getattr(fault.orig, "diag", None)
    match getattr(diagnosis, "constraint_name", None):
        case "slot_occupancy_pkey":
            return RuleBroken("Someone has just taken this slot.")
        case "uq_slot_occupancy_referral_id":
            return RuleBroken("This referral already holds a booking.")
        case "uq_slot_occupancy_patient_id_starts_at":
            return RuleBroken("The patient is booked elsewhere at that time.")
        case "ex_occupation_during":
            return RuleBroken(
                "The patient, or the doctor, room or device, has just been booked for that time."
            )
        case "uq_referral_open_twin":
            return RuleBroken("The patient already has an open referral for this service.")
        case "ck_referral_calendar" | "ck_referral_waiting_term" | "ck_referral_legal_day":
            return RuleBroken("The legal waiting terms have just changed. Send the referral once more.")
        case "ck_patient_lives":
            return RuleBroken("The patient has died: nothing is asked for or booked any more.")
    return fault
