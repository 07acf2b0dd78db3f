"""What sources that are asked over HTTP share: their settings, what becomes of rows that can't be read, and what a read
remembers of the others.
"""
