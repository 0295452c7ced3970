"""What can be asked in the portal: the rooms' answers, put together for one person."""
