"""What needs a hand next: the queue, its numbers, and the live board."""
