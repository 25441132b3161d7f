"""The sample students, each with the marks that its notebook must earn."""

from tests.class_of_students.catalogue.demonstration import DEMONSTRATION
from tests.class_of_students.catalogue.right import RIGHT
from tests.class_of_students.catalogue.sample import SampleStudent

__all__ = ["CATALOGUE", "DEMONSTRATION", "SampleStudent"]

CATALOGUE = tuple(dict.fromkeys((*RIGHT, *DEMONSTRATION)))
