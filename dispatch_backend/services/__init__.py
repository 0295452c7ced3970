"""What can be referred to, and how long the law lets a patient wait for it."""
