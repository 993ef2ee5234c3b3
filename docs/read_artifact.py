import hashlib, json, re, struct, sys, zlib  # lists and verifies artifacts, as artifact.md has them
CLEAN = r"(?!(.*/)?\.{0,2}(/|$))[^\0-\x1f\x7f\\]+"  # no part is empty, "." or ".."
def need(condition, reason):
    if not condition:
        raise ValueError(reason)
sha256 = lambda data: hashlib.sha256(data).hexdigest()
disjoint = lambda paths: not {p[:at.start()] for p in paths for at in re.finditer("/", p)} & set(paths)
def read_layer(key, layer, body):
    z, at, paths, zero = zlib.decompressobj(31), 0, [], b"0000000"
    tar = z.decompress(body, min(layer["size"], 8 << 30) + 1)
    need((body[3], z.eof, z.unused_data, len(tar)) == (0, True, b"", layer["size"]), f"gzip or size of {key}")
    need("sha256:" + sha256(tar) == key and layer["files"] <= 10 ** 6, f"identity or files of {key}")
    for _ in range(layer["files"]):
        head = tar[at:at + 512]
        name, link, prefix = (head[a:b].rstrip(b"\0") for a, b in ((0, 100), (157, 257), (345, 500)))
        raw, kind, size = prefix + b"/"[:len(prefix)] + name, head[156:157], int(head[124:135], 8)
        again = struct.pack("100s8s8s8s12s12s8sc100s8s64x8s8s155s12x", name, head[100:107], zero, zero,
            b"%011o" % size, b"02263523000", b" " * 8, kind, link, b"ustar\x0000", zero, zero, prefix)
        need(head == again[:148] + b"%06o\0 " % sum(again) + again[156:], f"header {raw!r}")
        need(len(prefix) == (raw.find(b"/", len(raw) - 101) if len(raw) > 100 else 0), f"split of {raw!r}")
        need(kind + head[100:107] in (b"00000644", b"00000755", b"20000777") and size >= 0, f"kind {raw}")
        paths.append(str(raw, "utf-8"))
        need(re.fullmatch(f"(app|site-packages|scripts|data|headers|python)/{CLEAN}", paths[-1]), "a path")
        up, rest = re.fullmatch(r"((?:\.\.(?:/(?=.)|$))*)(.*)", str(link, "utf-8"), re.S).groups()
        need(link and not size and raw[:4] in (b"app/", b"pyth") and re.fullmatch(CLEAN, rest or "x") and
             raw.count(b"/") - up.count("..") > (not rest) if kind == b"2" else not link, f"link {raw!r}")
        at += 512 + size + -size % 512
        need(not any(tar[at - -size % 512:at]), f"padding of {raw!r}")
    need(tar[at:] == bytes(1024) and paths == sorted(set(paths)) and disjoint(paths), f"end of {key}")
def read_artifact(data):
    at, central, bodies = int.from_bytes(data[-6:-2], "little"), b"", {}
    size, at = struct.unpack("<I14xI", data[at + 24:at + 46])
    raw, prefix = bytes(data[at + 43:at + 43 + size]), bytes(data[:at])
    m = json.loads(str(raw, "utf-8"), parse_float=int, parse_constant=int)  # int refuses these
    need(json.dumps(m, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == raw, "manifest")
    zeros = {"sha256": sha256(prefix[:22] + b"0" * 64 + prefix[86:]), "size": at}
    need((m["prefix"], repr(m["format"]), prefix[-6:]) == (zeros, "1", b"\nexit\n"), "format or prefix")
    need(prefix[:88] == b"#!/bin/sh\nholdall_id='%s'\n" % sha256(raw).encode() and at <= 1 << 20, "prefix")
    for name, blob in {"manifest.json": {"sha256": sha256(raw), "size": size}, **m["members"]}.items():
        body = bodies[name] = data[at + 30 + len(name):][:blob["size"]]
        same = struct.pack("<5H3I2H", 10, 0, 0, 0, 33, zlib.crc32(body), *[len(body)] * 2, len(name), 0)
        local = b"PK\3\4" + same + name.encode("ascii")
        need(data[at:at + len(local)] == local and blob == {"sha256": sha256(body), "size": len(body)}, name)
        need(re.fullmatch(r"(?!(prefix|manifest\.sig)(/|$))[A-Za-z0-9._/-]{1,200}", name), "a name")
        need(re.fullmatch(CLEAN, name) and (name[:7] == "layers/" or len(body) <= 1 << 24), name)
        central += b"PK\1\2\x14\3" + same + struct.pack("<3H2I", 0, 0, 0, 0x81a40000, at) + name.encode()
        at += len(local) + len(body)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, *[len(bodies)] * 2, len(central), at, 0)
    need(data[at:] == central + end and len(bodies) <= 4096 and disjoint(bodies), "directory or names")
    held = {f"layers/{key[7:]}.tar.gz": x["transport"] for key, x in m["layers"].items()}
    found = {n: {"encoding": "gzip", **x} for n, x in m["members"].items() if n[:7] == "layers/"}
    need(held == found and {k for t in m["targets"] for k in t["layers"]} == m["layers"].keys(), "layers")
    for key, layer in m["layers"].items():
        read_layer(key, layer, bodies[f"layers/{key[7:]}.tar.gz"])
    return sha256(raw), json.dumps({k: m[k] for k in ("name", "version", "targets", "layers")}, indent=1)
for file in sys.argv[1:] if __name__ == "__main__" else []:
    try:
        print(*read_artifact(memoryview(open(file, "rb").read())))
    except Exception as error:
        sys.exit(print(f"refused {file}: {error!a}") or 1)
