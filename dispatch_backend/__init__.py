"""The Dispatching Center: referrals on their way to a place and a time, and who must act next."""
