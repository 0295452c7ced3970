"""What every page of the doctor's desk shares: finding a patient, what is typed on several of them."""
