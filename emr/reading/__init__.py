"""What a radiologist reads: the newest studies, and of one patient the referrals, the study and what was taken before."""
