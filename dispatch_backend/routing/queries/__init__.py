"""The free slots that suit a referral best, and by what they are ranked."""
