"""The pages on which one referral is worked."""
