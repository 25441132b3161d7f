"""Values that cross from a student kernel, as bounded data."""
