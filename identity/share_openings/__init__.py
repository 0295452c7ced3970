"""The door for whoever was given a link and a code by a citizen: they open what was shared, and leave it."""
