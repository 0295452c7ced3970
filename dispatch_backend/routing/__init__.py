"""Which place suits a referral best."""
