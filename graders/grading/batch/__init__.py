"""A whole class on a Dask cluster."""
