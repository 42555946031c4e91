"""Says whether a change is real, how large it is, and how small a change would have been seen. Numbers in, answers
out.

What comes in: series, measures of one operation by minute, and windows, the two times that are compared. What goes
out: comparison. Who compares: durations, tails, cohorts, rates (errors, counts, queries per request), and panel for
all operations of a service together. What they share: winsorising (minute means that outliers cannot move), controls
(what happened to the whole service), long_run (errors of means whose minutes hang together), placebos (the
operation's own past), student and rare (power), judging (verdicts), many (many questions at once). In words:
docs/statistics.md.
"""
