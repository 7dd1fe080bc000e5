"""What an organisation's catalog consists of, and how people name it: blueprints, fields, filters, columns, counts.

Packs write their tools with this: a model says `{"team": "Backend", "coverage": {"<": 80}}`, and Port gets its rules.
"""
