"""Questions with names: functions that take a store and a window and return the dataclasses of `model/answers*.py`."""
