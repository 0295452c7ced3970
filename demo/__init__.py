"""The demo region: a synthetic population with its facilities, records, referrals and images. No real person."""
