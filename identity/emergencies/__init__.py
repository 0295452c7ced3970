"""A record that is opened without care because somebody is in danger: by whom, why, for how long, and what was said of it."""
