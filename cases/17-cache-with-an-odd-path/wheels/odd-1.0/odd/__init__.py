import sys


def main():
    print("entry point", *sys.argv[1:], flush=True)
