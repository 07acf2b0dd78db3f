"""What whatever is read of Vault or OpenBao shares: how it's asked, and what its policies allow."""
