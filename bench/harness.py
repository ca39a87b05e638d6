"""What the benchmarks of a running Postern share: its peers, its API, and the processes that they are."""
import json, os, re, shutil, signal, subprocess, sys, tempfile, time, urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
ACCOUNT = {"Authorization": "AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/apigateway/aws4_request"}
TEMPLATE = '{"id":"$input.params(\'id\')","stage":"$context.stage","path":"$context.resourcePath","agent":"$input.params(\'User-Agent\')"}'
UPSTREAM, PEER, POSTERN = 19110, 19111, 19112
TLS = 10  # what is added to a port for the one that speaks TLS
BODY = 8 << 10  # bytes of a POST


def need(*programs):
    """Installs what is missing, when run as root."""
    missing = [package for program, package in programs if not shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin")]
    if missing:
        subprocess.run(["apt-get", "update", "-qq"], check=True, stdout=sys.stderr)
        subprocess.run(["apt-get", "install", "-y", "-qq", *missing], check=True, stdout=sys.stderr)


def call(base, method, path, body=None):
    data = json.dumps(body).encode() if body is not None else None
    req = urllib.request.Request(base + path, data, {"Content-Type": "application/json", **ACCOUNT}, method=method)
    with urllib.request.urlopen(req) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def build_api(base):
    """An API with /proxy (HTTP_PROXY, GET and POST), /closing (HTTP_PROXY to where each connection is closed) and /mock/{id}
    (MOCK with templates), deployed to stage "bench"."""
    api = call(base, "POST", "/restapis", {"name": "bench"})

    def resource(parent, part):
        return call(base, "POST", f"/restapis/{api['id']}/resources/{parent}", {"pathPart": part})["id"]

    def method(res, verb="GET"):
        path = f"/restapis/{api['id']}/resources/{res}/methods/{verb}"
        call(base, "PUT", path, {"authorizationType": "NONE"})
        return path

    root = api["rootResourceId"]
    proxy = resource(root, "proxy")
    for verb in "GET", "POST":
        call(base, "PUT", method(proxy, verb) + "/integration",
             {"type": "HTTP_PROXY", "httpMethod": verb, "uri": f"http://127.0.0.1:{UPSTREAM}/"})
    call(base, "PUT", method(resource(root, "closing")) + "/integration",
         {"type": "HTTP_PROXY", "httpMethod": "GET", "uri": f"http://127.0.0.1:{UPSTREAM}/once"})
    mock = method(resource(resource(root, "mock"), "{id}"))
    call(base, "PUT", mock + "/responses/200", {})
    call(base, "PUT", mock + "/integration",
         {"type": "MOCK", "requestTemplates": {"application/json": '{"statusCode": 200}'}})
    call(base, "PUT", mock + "/integration/responses/200", {"responseTemplates": {"application/json": TEMPLATE}})
    call(base, "POST", f"/restapis/{api['id']}/deployments", {"stageName": "bench"})
    return f"{base}/_aws/execute-api/{api['id']}/bench"


def wait(url):
    for _ in range(200):
        try:
            return urllib.request.urlopen(url).read()
        except OSError:
            time.sleep(0.05)
    sys.exit(f"bench: {url} does not answer")


class Servers:
    """Starts servers, and ends them all at the end of a with block."""

    def __enter__(self):
        self.work, self.children = tempfile.mkdtemp(prefix="postern-bench-"), []
        self.certificate, self.key = (os.path.join(self.work, name) for name in ("certificate.pem", "key.pem"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", "/CN=127.0.0.1", "-keyout", self.key, "-out", self.certificate], check=True, capture_output=True)
        return self

    def __exit__(self, *_):
        for child in self.children:
            child.send_signal(signal.SIGTERM)
        for child in self.children:
            child.wait(10)
        shutil.rmtree(self.work, ignore_errors=True)

    def file(self, name, text):
        path = os.path.join(self.work, name)
        with open(path, "w") as f:
            f.write(text)
        return path

    def start(self, *argv, **kw):
        child = subprocess.Popen(argv, stdout=subprocess.DEVNULL, **kw)
        self.children.append(child)
        return child.pid

    def nginx(self, role, port):
        """Starts an nginx and gives its worker, which does the work."""
        with open(os.path.join(HERE, "nginx.conf")) as f:
            conf = f.read().replace("@DIR@", self.work).replace("@ROLE@", role).replace("@PORT@", str(port)) \
                .replace("@TLSPORT@", str(port + TLS))
        master = self.start("nginx", "-c", self.file(role + ".conf", conf), "-e", os.path.join(self.work, role + ".err"),
                            env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin"})
        wait(f"http://127.0.0.1:{port}/")
        while True:
            if self.children[-1].poll() is not None:
                sys.exit(f"bench: nginx ended: see whether something else listens on {port}")
            workers = subprocess.run(["pgrep", "-P", str(master)], capture_output=True, text=True).stdout.split()
            if workers:
                return workers[0]
            time.sleep(0.02)

    def postern(self, binary):
        """Starts Postern and gives its process and the address of build_api's stage."""
        base = f"http://127.0.0.1:{POSTERN}"
        pid = self.start(binary, "serve", "--listen", f"127.0.0.1:{POSTERN}", "--data", ":memory:",
                         "--tls-listen", f"127.0.0.1:{POSTERN + TLS}", "--tls-certificate", self.certificate, "--tls-key", self.key,
                         stderr=subprocess.DEVNULL)
        wait(base + "/_postern/health")
        return pid, build_api(base)

    def close(self):
        """A wrk script that sends each request on a connection of its own."""
        return self.file("close.lua", 'wrk.headers["Connection"] = "close"\n')

    def post(self):
        """A wrk script that sends a body of BODY bytes."""
        return self.file("post.lua", f'wrk.method = "POST"\nwrk.body = string.rep("x", {BODY})\n'
                                     'wrk.headers["Content-Type"] = "application/json"\n')


def rss_mib(pid):
    with open(f"/proc/{pid}/status") as f:
        return int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1)) / 1024
