"""Calendars: which days of a jurisdiction are working days, by which act, and how its terms are counted."""
