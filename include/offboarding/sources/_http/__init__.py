"""What sources that are asked over HTTP share: their settings, and what becomes of rows that can't be read."""
