"""A person's decision as a form, and by REST: the same functions as the commands, for places where nobody has a shell.

A new decision is one function with `@decision("its name")` in any file here: its parameters are the form's fields.
"""
