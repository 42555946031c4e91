"""Finds and redacts secrets and personal data; pure but for the key of hashes.

What finds: detectors.py lists the detectors, which stand in tokens, credentials, assignments, addresses and numbers;
key_names reads the names of attributes, layers sees through encodings. What decides: ruleset, from the settings. What
does it: scanner looks for findings in columns of texts, values and columns take them out with masks, preview shows it.
"""
