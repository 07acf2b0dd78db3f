"""offboarding.yaml and the files beside it: settings, reading, mistakes told by their path, a first configuration."""
