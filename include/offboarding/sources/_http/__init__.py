"""What systems that are asked over HTTP share: how each is asked, and what becomes of rows that can't be read."""
