import hashlib
import os
import shutil
import stat
import subprocess


def call():
    path = shutil.which("echoer")
    with open(path, "rb") as file:
        print(hashlib.sha256(file.read()).hexdigest(), oct(stat.S_IMODE(os.stat(path).st_mode)), flush=True)
    subprocess.run(["echoer", "by name"], check=True)
    subprocess.run(["sh", "-c", "echoer by a shell"], check=True)
