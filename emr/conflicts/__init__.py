"""What senders tell of a patient otherwise than the register, at the registrar's desk: seen from both sides, and answered."""
