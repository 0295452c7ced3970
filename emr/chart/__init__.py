"""What must be known of a patient before anything else."""
