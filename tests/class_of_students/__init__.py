"""Sample submissions: what students hand in, and the marks it must earn."""
