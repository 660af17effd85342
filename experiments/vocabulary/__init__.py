"""The names that studies and figures share: each is written down here, and nowhere else."""
