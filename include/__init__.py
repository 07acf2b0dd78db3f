"""Code that the DAGs import; a package, so that no other `include` on the path takes its place."""
