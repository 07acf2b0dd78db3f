"""Whose an account is: normalised identity keys, the set-based query over them, and the decisions people made."""
