"""Calendar feeds: which there are, what stands in them, and their bytes.

A reader across features: changes nothing but its own tokens. Start reading at queries.py.
"""
