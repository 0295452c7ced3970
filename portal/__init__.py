"""The portal room: what citizens see of themselves. It composes the rooms below and owns only notices and visits."""
