"""Tables that people bring: CSV and XLSX read, checked row by row, previewed, then applied whole.

A reader across features: it plans what a flow applies. Start reading at tables.py.
"""
