"""Workbooks as Excel saves them (.xlsx): sheets, and the text of their cells as people see it.

A workbook is a zip of XML (ECMA-376). openpyxl reads it, row by row; what it would pass over in silence is looked for
first (`structure`). docs/decisions/0098-workbooks-by-openpyxl.md
"""
