"""Test cells run on rebuilt values, in processes of their own."""
