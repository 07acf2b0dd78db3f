"""Who is called: a file a kind (interfaces.Pager)."""
