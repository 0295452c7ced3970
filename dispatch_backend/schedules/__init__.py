"""What keepers of schedules see and do: the week of a doctor, room or device, the times that it offers, and what of it is closed."""
