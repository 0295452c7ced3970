"""For how long what of a person is kept and by which law, and their requests that something be erased."""
