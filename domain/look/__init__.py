"""Reads of cases by officials and auditors, which the applicant sees."""
