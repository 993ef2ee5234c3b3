from pathlib import Path

import pandas

SALES = Path(__file__).parent / "sales.csv"


def totals():
    sales = pandas.read_csv(SALES)
    sales["amount"] = sales["pieces"] * sales["price"]
    return sales.groupby("region")["amount"].sum()
