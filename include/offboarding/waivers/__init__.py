"""What a company knows and lets stand for a while: approved exceptions to findings, and gaps that are acknowledged."""
