"""nbgrader in the service that grades, beside the course's own nbgrader_config.py."""

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - nbgrader gives it

c.CourseDirectory.course_id = "@COURSE@"
c.Exchange.root = "@EXCHANGE@"
