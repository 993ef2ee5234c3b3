import os
import subprocess
import sys


def upgrade():
    """Each way in which programs are called by a bare name."""
    subprocess.run(["ledger", "--from-run"], check=True)
    subprocess.run("ledger --from-a-shell", shell=True, check=True)
    subprocess.run(["env", "ledger", "--from-env"], check=True)
    subprocess.run([sys.executable, "-c", "import os; os.execvp('ledger', ['ledger', '--from-a-child'])"], check=True)
    os.execvp("ledger", ["ledger", "--from-exec"])
