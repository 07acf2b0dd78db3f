"""Between readers and the store: one record costs itself, never its source and never the night.

What can't be held is left out as a value: its account or worker stays, what it would have told isn't known, and the
read says so of that record alone, by source and native id. A record whose own id can't be held is left out whole, and
then nothing of its kind may look gone. docs/decisions/0085-one-record-costs-itself.md
"""
