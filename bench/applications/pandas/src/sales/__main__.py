import sys


def main():
    if sys.argv[1:] == ["nothing"]:
        return
    from sales.totals import totals

    if totals()["north"] != 40:
        sys.exit("the totals are wrong")


if __name__ == "__main__":
    main()
