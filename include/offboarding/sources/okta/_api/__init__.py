"""What every kind that asks an Okta org shares: how it's asked, and who administrates there."""
