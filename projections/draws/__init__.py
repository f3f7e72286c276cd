"""The draws of officials, for everybody, and what keepers have to do."""
