"""What people read: pure text of what the store holds. Nothing here asks a clock or a system."""
