"""Amounts of money in a turn: words, numbers, prices."""
