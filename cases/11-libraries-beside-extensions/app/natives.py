import json


def load():
    import cffi
    import numpy
    import psycopg2

    product = float(numpy.linalg.det(numpy.array([[2.0, 1.0], [1.0, 3.0]])))
    size = cffi.FFI().sizeof("int")
    with open("/proc/self/maps") as file:
        paths = {line.split(maxsplit=5)[5].strip() for line in file if "/" in line}
    libraries = [path for path in sorted(paths) if ".libs/" in path]
    print(json.dumps({"product": round(product), "size": size, "libpq": psycopg2.__libpq_version__, "libraries": libraries}))
