from __future__ import annotations

import pytest

from graders.grading.course import Course
from tests.commands.moodle_course import make_graded_course


@pytest.fixture(scope="session")
def graded_course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """To be copied, not to be changed."""
    return make_graded_course(tmp_path_factory.mktemp("graded"))
