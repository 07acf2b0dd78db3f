"""Who works here: one package an HR system, found by its name, which is the `kind` in the configuration.

A roster yields what HR says, row by row, as HR writes it. Who is a person, who has left and who vanished is concluded
elsewhere. What they share stands in `_records`.
"""
