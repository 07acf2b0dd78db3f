"""What people decide: one function a decision, from whose signature everything is made that leads to it.

`@decision("its name")` over a function in any file here is all that a new one needs. Its parameters are the fields: of
the form and its REST schema (offboarding_airflow/decide.py), of the command, its arguments and `--help`, and of the
file in which many are decided at once. The first sentences of its docstring say what it is.
"""
