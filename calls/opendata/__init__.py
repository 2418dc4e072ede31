"""Calls as open data: ``/opendata/calls.json``, and the JSON Schema that it keeps to.

``shapes`` says what the answer is made of, and the published schema is made from that; ``reading`` makes it from
the rows of the database; ``views`` answers.
"""
