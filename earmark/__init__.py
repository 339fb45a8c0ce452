"""Entrance and wiring, not the product: the command line, the settings, and what hands them to the rooms."""
