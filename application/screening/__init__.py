"""Finds ways to reach somebody in the words of a case: phone numbers, addresses, names in messengers, personal codes.

The way of a text: `plain` (as a reader sees it) → `words` and `digit_runs` (numbers, however they are written) → one
finder per kind → `screen`, which asks them all. Every function here is pure, and nothing keeps a text.
"""
