"""Trainings asked for by student kernels, run once by trainers."""
