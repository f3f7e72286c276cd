"""The `pencere` command and the one composition root."""
