"""What happened, written in the flow's own transaction: outbox of notices and cache key of feeds.

Knows scopes ("campaign:4") as words, not what they mean. Start reading at services.record.
"""
