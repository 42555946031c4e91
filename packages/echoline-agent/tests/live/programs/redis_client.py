"""Asks Redis."""

import sys

import redis

client = redis.Redis(port=int(sys.argv[1]))
client.set("item", 21)
assert client.get("item") == b"21"
client.close()
