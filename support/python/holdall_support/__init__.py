"""What travels inside each artifact: reads and checks it, makes a release of it and starts that.

It runs on Python 3.8 and newer, with the standard library only. docs/starting.md tells what happens in which order.
"""
