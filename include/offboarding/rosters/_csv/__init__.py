"""Feeds as files: where they lie, which of them count, and what proves them whole."""
