"""What keepers of schedules see and do: the week of a doctor, room or device, and the times that it offers."""
