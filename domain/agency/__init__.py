"""An agency: a competent public authority with its desks."""
