"""What a doctor does about a referral that stands: tells how the visit went, or withdraws what is no longer needed."""
