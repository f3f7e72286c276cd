"""How the event table grows, and what else it could look like: `python -m bench.growth --data FOLDER`."""
