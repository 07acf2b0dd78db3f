"""A first configuration: what each system proposes, put together, checked, and written where nothing stands yet."""
