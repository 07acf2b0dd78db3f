"""What policies say: who is privileged or contained, whom a role lets in, which statements are about an action."""
