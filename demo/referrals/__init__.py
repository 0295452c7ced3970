"""The referrals of the demo region: the history of the programme's first years, and a queue around the present day."""
