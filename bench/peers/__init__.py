"""The peers that Pencere is compared with, each with its best settings."""
