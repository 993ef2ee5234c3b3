import json
import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor

from joblib import Parallel, delayed


def work(number):
    """Of `__main__`, when this file is that: what unpickles it in a worker has to import the file again."""
    import till

    return [till.count(number), os.getpid() != parent(), sys.prefix]


def parent():
    return int(os.environ["PARENT"])


def main():
    os.environ["PARENT"] = str(os.getpid())
    found = {}
    for method in ("spawn", "forkserver", "fork"):
        context = multiprocessing.get_context(method)
        with context.Pool(1) as pool:
            found[method] = pool.apply(work, [4])
        with ProcessPoolExecutor(1, mp_context=context) as executor:
            found["futures by " + method] = executor.submit(work, 4).result()
    found["joblib"] = Parallel(n_jobs=2)(delayed(work)(number) for number in (4, 4))[1]
    print(json.dumps({name: result == [40, True, sys.prefix] for name, result in found.items()}))


if __name__ == "__main__":
    main()
