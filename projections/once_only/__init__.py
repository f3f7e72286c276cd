"""What applicants are spared: documents not asked for, and what they were asked for all the same."""
