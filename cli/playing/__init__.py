"""`pencere demo`: plays what once only and one register mean, on a window and registers of its own."""
