"""The sample students, each with the marks that its notebook must earn."""

from tests.class_of_students.catalogue.accidents import ACCIDENTS
from tests.class_of_students.catalogue.architecture import ARCHITECTURE
from tests.class_of_students.catalogue.demonstration import DEMONSTRATION
from tests.class_of_students.catalogue.right import RIGHT
from tests.class_of_students.catalogue.sample import SampleStudent
from tests.class_of_students.catalogue.training import TRAINING
from tests.class_of_students.catalogue.values import VALUES

__all__ = ["CATALOGUE", "DEMONSTRATION", "RIGHT", "SampleStudent"]

CATALOGUE = tuple(
    dict.fromkeys((*RIGHT, *DEMONSTRATION, *ARCHITECTURE, *TRAINING, *VALUES, *ACCIDENTS))
)
