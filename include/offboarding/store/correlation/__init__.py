"""Correlation: who is one person, who left, and whose each account is. One transaction of set-based queries.

`linking` goes through its steps, `persons` joins those who turn out to be one, `focus` says what there is to look at,
and `recorded_links` whether what the last one left still stands. Its SQL: persons, notices, focus, correlate, uses and
created.
"""
