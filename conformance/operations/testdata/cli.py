"""Runs the AWS CLI for one command line after the other, without starting it anew each time.

Each line of standard input is a JSON list of arguments; each line of standard output is what the CLI made of them:
{"status": exit status, "out": its standard output, "err": its standard error}.
"""

import contextlib
import io
import json
import sys

from awscli.clidriver import create_clidriver

driver = create_clidriver()
print("ready", flush=True)
for line in sys.stdin:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = driver.main(json.loads(line))
        except SystemExit as stop:
            status = stop.code
    print(json.dumps({"status": status, "out": out.getvalue(), "err": err.getvalue()}), flush=True)
