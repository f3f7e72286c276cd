"""Rosters of desks, and the draws of officials: who may be drawn is found out here, who is drawn by the domain."""
