"""Running notebooks: student code in a sandbox, tests elsewhere. Knows nothing of any assignment."""
