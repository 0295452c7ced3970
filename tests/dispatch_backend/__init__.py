"""The dispatch room: rules, actions, walls, contention, pages, the live board."""
