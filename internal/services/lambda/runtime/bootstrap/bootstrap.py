"""Runs a Python handler by the Lambda Runtime API.

What comes in: the environment of a Lambda function, and events. What goes out: the handler's answers as JSON, or how it
failed, in the words of AWS's Python runtime. It talks HTTP over one socket that it keeps, which is the descriptor that its
argument names if there is one, and sends an answer together with the wait for the next event.
"""
import sys

sys.path.pop(0)  # the folder of this file

import json
import logging
import os
import socket
import time
import traceback

PREFIX = b"/2018-06-01/runtime/"
NEXT = b"GET " + PREFIX + b"invocation/next HTTP/1.1\r\nHost: lambda\r\n\r\n"


class Fault(Exception):
    """What is wrong with a function before its handler runs; it is reported for each event."""

    def __init__(self, kind, message, trace=None):
        super().__init__(message)
        self.kind, self.message, self.trace = kind, message, trace or []


class API:
    """The connection to the Runtime API."""

    def __init__(self, address, descriptor):
        if descriptor is not None:
            self.socket = socket.socket(fileno=descriptor)
            self.socket.set_inheritable(False)
        else:
            host, port = address.rsplit(":", 1)
            self.socket = socket.create_connection((host, int(port)))
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""

    def send(self, data):
        self.socket.sendall(data)

    def post(self, path, body, kind=None, then=b""):
        head = b"POST " + PREFIX + path + b" HTTP/1.1\r\nHost: lambda\r\nContent-Type: application/json\r\n"
        if kind:
            head += b"Lambda-Runtime-Function-Error-Type: " + kind.encode("ascii", "replace") + b"\r\n"
        self.send(head + b"Content-Length: %d\r\n\r\n" % len(body) + body + then)

    def receive(self):
        """Gives status, headers (names in lower case) and body of the next answer."""
        data = self.rest
        end = data.find(b"\r\n\r\n")
        while end < 0:
            more = self.socket.recv(65536)
            if not more:
                os._exit(0)  # the server is gone
            data += more
            end = data.find(b"\r\n\r\n")
        lines = data[:end].split(b"\r\n")
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(b": ")
            headers[name.lower()] = value
        start = end + 4
        stop = start + int(headers.get(b"content-length", 0))
        if len(data) < stop:
            pieces, size = [data], len(data)
            while size < stop:
                more = self.socket.recv(min(1 << 20, stop - size))
                if not more:
                    os._exit(0)
                pieces.append(more)
                size += len(more)
            data = b"".join(pieces)
        self.rest = data[stop:]
        return int(lines[0][9:12]), headers, data[start:stop]


class Identity:
    __slots__ = ["cognito_identity_id", "cognito_identity_pool_id"]

    def __init__(self, identity):
        self.cognito_identity_id = identity.get("cognitoIdentityId")
        self.cognito_identity_pool_id = identity.get("cognitoIdentityPoolId")

    def __repr__(self):
        return "CognitoIdentity([cognito_identity_id=%s,cognito_identity_pool_id=%s])" % (
            self.cognito_identity_id, self.cognito_identity_pool_id)


class Client:
    __slots__ = ["installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name"]


class ClientContext:
    __slots__ = ["custom", "env", "client"]

    def __init__(self, values):
        self.custom, self.env, self.client = values.get("custom"), values.get("env"), None
        client = values.get("client")
        if client is not None:
            self.client = Client()
            for name in Client.__slots__:
                setattr(self.client, name, client.get(name))


class Context:
    """The context object. Source: Lambda developer guide, "Using the Lambda context object to retrieve Python function
    information"."""

    def __init__(self, headers):
        text = lambda name: headers[name].decode() if name in headers else None
        self.aws_request_id = text(b"lambda-runtime-aws-request-id")
        self.invoked_function_arn = text(b"lambda-runtime-invoked-function-arn")
        self.tenant_id = text(b"lambda-runtime-aws-tenant-id")
        self._epoch_deadline_time_in_ms = int(headers[b"lambda-runtime-deadline-ms"])
        self.function_name = FUNCTION
        self.function_version = VERSION
        self.memory_limit_in_mb = MEMORY
        self.log_group_name = GROUP
        self.log_stream_name = STREAM
        client = text(b"lambda-runtime-client-context")
        self.client_context = ClientContext(json.loads(client)) if client else None
        identity = text(b"lambda-runtime-cognito-identity")
        self.identity = Identity(json.loads(identity) if identity else {})

    def get_remaining_time_in_millis(self):
        return max(self._epoch_deadline_time_in_ms - int(time.time() * 1000), 0)

    def log(self, message):
        sys.stdout.write(str(message))

    def __repr__(self):
        return "LambdaContext([aws_request_id=%s,log_group_name=%s,log_stream_name=%s,function_name=%s," \
            "memory_limit_in_mb=%s,function_version=%s,invoked_function_arn=%s,client_context=%s,identity=%s,tenant_id=%s])" % (
                self.aws_request_id, self.log_group_name, self.log_stream_name, self.function_name,
                self.memory_limit_in_mb, self.function_version, self.invoked_function_arn, self.client_context,
                self.identity, self.tenant_id)


FUNCTION = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
VERSION = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
MEMORY = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
GROUP = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
STREAM = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
JSON_LOGS = os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON"


class Request:
    """Which request runs, for log lines."""

    id = None


class Formatter(logging.Formatter):
    converter = time.gmtime

    def format(self, record):
        record.aws_request_id = Request.id or ""
        return super().format(record) + "\n"


class JSONFormatter(logging.Formatter):
    converter = time.gmtime

    def format(self, record):
        line = {
            "timestamp": self.formatTime(record, "%Y-%m-%dT%H:%M:%SZ"),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
        }
        if record.exc_info and record.exc_info[0]:
            kind, error, trace = record.exc_info
            line["stackTrace"] = [frame.rstrip("\n") for frame in traceback.format_tb(trace)]
            line["errorType"] = kind.__name__
            line["errorMessage"] = str(error)
            line["location"] = "%s:%s:%d" % (record.pathname, record.funcName, record.lineno)
        if Request.id:
            line["requestId"] = Request.id
        return json.dumps(line, ensure_ascii=False, default=str) + "\n"


class Handler(logging.Handler):
    def emit(self, record):
        sys.stdout.write(self.format(record))


def set_up_logging():
    handler = Handler()
    if JSON_LOGS:
        handler.setFormatter(JSONFormatter())
    else:
        handler.setFormatter(Formatter("[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s",
                                       "%Y-%m-%dT%H:%M:%S"))
    root = logging.getLogger()
    root.addHandler(handler)
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL")
    if level:
        root.setLevel({"TRACE": "DEBUG", "FATAL": "CRITICAL"}.get(level, level))


def load(name):
    """Gives the function that a handler's name means. Raises Fault."""
    try:
        module_name, function_name = name.rsplit(".", 1)
    except ValueError as e:
        raise Fault("Runtime.MalformedHandlerName", "Bad handler '%s': %s" % (name, e))
    if module_name.split(".")[0] in sys.builtin_module_names:
        raise Fault("Runtime.BuiltInModuleConflict", "Cannot use built-in module %s as a handler module" % module_name)
    import importlib
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as e:
        raise Fault("Runtime.ImportModuleError", "Unable to import module '%s': %s" % (module_name, e))
    except SyntaxError as e:
        trace = ["  File \"%s\" Line %s\n    %s" % (deployed(e.filename), e.lineno, e.text)]
        raise Fault("Runtime.UserCodeSyntaxError", "Syntax error in module '%s': %s" % (module_name, e), trace)
    try:
        return getattr(module, function_name)
    except AttributeError:
        raise Fault("Runtime.HandlerNotFound", "Handler '%s' missing on module '%s'" % (function_name, module_name))


def encode_other(value):
    import decimal
    if isinstance(value, decimal.Decimal):
        if value == value.to_integral_value() and value.as_tuple().exponent == 0:
            return int(value)
        return float(value)
    raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)


# Source: Lambda developer guide, "Define Lambda function handler in Python": from python3.12 on, Unicode is not escaped.
execution = os.environ.get("AWS_EXECUTION_ENV", "").rpartition("python3.")[2]
ENCODE = json.JSONEncoder(default=encode_other, ensure_ascii=not (execution.isdigit() and int(execution) >= 12)).encode


def deployed(path):
    """Gives the path that a file of the function has on AWS."""
    root = os.environ["LAMBDA_TASK_ROOT"]
    return "/var/task" + path[len(root):] if path.startswith(root + "/") else path


def describe(error, request_id):
    """Gives the kind and the JSON of an exception, and writes it to the log."""
    if isinstance(error, Fault):
        kind, message, trace = error.kind, error.message, error.trace
    else:
        kind, message = type(error).__name__, str(error)
        # Tuples of four have no marks below their lines, as the traces of AWS's runtime have none.
        trace = traceback.format_list([(deployed(f.filename), f.lineno, f.name, f.line)
                                       for f in traceback.extract_tb(error.__traceback__)
                                       if f.filename != __file__ and "importlib" not in f.filename])
    if JSON_LOGS:
        line = {"timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "log_level": "ERROR", "errorType": kind,
                "errorMessage": message, "requestId": request_id, "stackTrace": trace}
        print(json.dumps(line))
    else:
        print("[ERROR] %s: %s" % (kind, message))
        if trace or isinstance(error, Fault):
            print("Traceback (most recent call last):")
        for entry in trace:
            print(entry.rstrip("\n"))
    return kind, json.dumps(
        {"errorMessage": message, "errorType": kind, "requestId": request_id, "stackTrace": trace}).encode()


def main():
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    set_up_logging()
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    api = API(os.environ["AWS_LAMBDA_RUNTIME_API"], int(sys.argv.pop()) if len(sys.argv) > 1 else None)
    fault = handler = None
    try:
        handler = load(os.environ["_HANDLER"])
    except Fault as e:
        fault = e
    except Exception as e:
        kind, body = describe(e, "")
        sys.stdout.flush()
        api.post(b"init/error", body, kind)
        api.receive()
        sys.exit(1)
    api.send(NEXT)
    while True:
        status, headers, event = api.receive()
        if status != 200:
            os._exit(1)
        run(api, handler, fault, headers, event)
        status, _, answer = api.receive()
        if status != 202:
            print("[ERROR] the Runtime API refused the answer: %d %s" % (status, answer.decode("utf-8", "replace")))


def run(api, handler, fault, headers, event):
    """Runs the handler for one event, and sends what came of it."""
    context = Context(headers)
    Request.id = context.aws_request_id
    trace = headers.get(b"lambda-runtime-trace-id")
    if trace is not None:
        os.environ["_X_AMZN_TRACE_ID"] = trace.decode()
    path = b"invocation/" + headers[b"lambda-runtime-aws-request-id"]
    kind = None
    try:
        if fault is not None:
            raise fault
        result = handler(parse(event), context)
        try:
            body = ENCODE(result).encode("utf-8")
        except Exception as e:
            raise Fault("Runtime.MarshalError", "Unable to marshal response: %s" % e)
    except Exception as e:
        kind, body = describe(e, context.aws_request_id)
    sys.stdout.flush()
    sys.stderr.flush()
    api.post(path + (b"/error" if kind else b"/response"), body, kind, then=NEXT)


def parse(event):
    try:
        return json.loads(event)
    except ValueError as e:
        raise Fault("Runtime.UnmarshalError", "Unable to unmarshal input: %s" % e)


if __name__ == "__main__":
    main()
