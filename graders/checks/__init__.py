"""Checks any assignment on Keras models can use; they know of no question and no answer."""
