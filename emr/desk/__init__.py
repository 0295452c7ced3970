"""What every page of the doctor's desk shares: finding a patient, the heading, how a form is answered."""
