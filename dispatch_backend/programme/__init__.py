"""The region's programme of informatisation: what facilities were equipped with, what it cost, and what came of it."""
