"""A mandate: the right to act for somebody, which they have given to somebody else."""
