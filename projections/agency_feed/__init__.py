"""Every event that concerns an agency, numbered 1..n."""
