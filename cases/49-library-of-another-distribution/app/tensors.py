import json

import tensor


def compute():
    with open("/proc/self/maps") as file:
        mapped = {line.split()[-1] for line in file if "libaccelerator" in line}
    print(json.dumps({"answer": tensor.answer(), "mapped": sorted(mapped)}))
