"""The rows about evidence: cases from submission to answered evidence, beside a plain request and reply."""
