"""Running notebooks: student code in a sandbox, tests elsewhere, whatever the assignment."""
