"""The proof of how a referral was dealt with: one page for a complaint, an insurer or a prosecutor."""
