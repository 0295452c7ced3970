"""What the database's own guards mean to the person who met one: they stand where two people act at the same moment."""

from sqlalchemy.exc import IntegrityError

from foundation.errors import RuleBroken


def refusal_for(fault: IntegrityError) -> RuleBroken | IntegrityError:
    """The refusal for the person; the fault itself where it guards something else."""
    name = getattr(getattr(fault.orig, "diag", None), "constraint_name", None) or ""
    return _of_a_referral(name) or _of_a_slot(name) or _of_a_visit(name) or fault


def _of_a_referral(constraint: str) -> RuleBroken | None:
    match constraint:
        case "uq_referral_open_twin":
            return RuleBroken("The patient already has an open referral for this service.")
        case "ck_referral_calendar" | "ck_referral_waiting_term" | "ck_referral_legal_day":
            return RuleBroken("The legal waiting terms have just changed. Send the referral once more.")
        case "ck_patient_lives":
            return RuleBroken("The patient has died: nothing is asked for or booked any more.")
    return None


def _of_a_slot(constraint: str) -> RuleBroken | None:
    match constraint:
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
        case "ck_booking_to_come":
            return RuleBroken("This slot starts too soon to be booked.")
    return None


def _of_a_visit(constraint: str) -> RuleBroken | None:
    match constraint:
        case "ck_booking_step":
            return RuleBroken("The referral has moved on meanwhile: this step is no longer possible.")
        case "ck_booking_begun":
            return RuleBroken("The visit has not begun yet: its outcome cannot be recorded.")
        case "ck_booking_day":
            return RuleBroken("The day of the visit has not come yet.")
        case "ck_booking_not_begun":
            return RuleBroken("The visit has begun: record its outcome.")
    return None
