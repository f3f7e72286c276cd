"""The draw of an official: commit, fix, reveal, by keepers of opposed interest. Pure: whoever calls brings the bytes.

Keepers anchor chains of hashes (`chains`). A draw fixes a list of eligible seats as commitments (`seats`), then every
keeper reveals one link; the seed and the pick follow from all of it (`seed`). A keeper's secret can be recovered from
two of three guardians (`secret_shares`). Only the least loaded are on the list (`eligibility`).

All numbers are big-endian. The byte forms are for ever: outsiders recompute draws with `verify/pencere_verify.py`.
"""
