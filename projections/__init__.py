"""The read models, one folder for each."""
