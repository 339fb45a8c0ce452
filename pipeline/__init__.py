"""Everything that changes a call, one module a verb. Read `stages.py` first: the road of one recording."""
