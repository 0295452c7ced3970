"""A citizen lets another act for them: offers a right, sees how it stands and takes it back; the other accepts it and gives it back."""
