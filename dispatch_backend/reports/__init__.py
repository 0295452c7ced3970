"""What the ministry sees: how many were referred in a quarter, and for how many the legal term was kept. No name, ever."""
