"""The lines of JSON that other programs rely on: a model a line, from which `fields` tells what they hold (`page`).

A contract: within one `schema_version` fields may come, and none goes or changes its meaning. A field is declared once:
its name, its type, below it what it is, and where its name isn't the store's, `By` what it's read.
"""
