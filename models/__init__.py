"""The words of the product: shapes of calls, transcripts and tags. Weights of neural networks live elsewhere.

Standard library only: no I/O, no framework, no numpy.
"""
