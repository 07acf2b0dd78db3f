"""What readers tell, on its way into the store."""
