"""Random histories of a small company, and the laws that hold after each run, whatever happened.

The model is a list of who works here and what works, and of what was told and seen of it; of how the code comes to its
conclusions it knows nothing.
"""
