"""What people decide: one function a decision, whoever brings it (a command, a form, REST), and refused alike.

Each takes the words that the person gave, the reason, and who it is, and raises FatalError with the sentence that says
what is wrong. No sentence repeats a mail or a login: logs may hold it.
"""
