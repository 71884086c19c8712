"""Pages with 1,000 and with 100,000 people: queries, kB, ratio of server times. ``python -m benchmarks.lists``"""
