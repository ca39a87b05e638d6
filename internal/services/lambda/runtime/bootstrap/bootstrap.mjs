// Runs a Node.js handler by the Lambda Runtime API.
//
// What comes in: the environment of a Lambda function, and events. What goes out: the handler's answers as JSON or as a
// stream, or how it failed, in the words of AWS's Node.js runtime. It talks HTTP over one socket that it keeps, which is
// the descriptor that its argument names if there is one, and sends an answer together with the wait for the next event.

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Writable } from 'node:stream';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import util from 'node:util';

const require = createRequire(import.meta.url);
const prefix = '/2018-06-01/runtime/';
const next = `GET ${prefix}invocation/next HTTP/1.1\r\nHost: lambda\r\n\r\n`;
const streaming = Symbol.for('aws.lambda.runtime.handler.streaming');
const env = process.env;
const jsonLogs = env.AWS_LAMBDA_LOG_FORMAT === 'JSON';

// Fault is what is wrong with a function before or beside its handler.
class Fault extends Error {
  constructor(kind, reason) {
    super(String(reason));
    this.name = kind;
    if (reason instanceof Error) {
      this.stack = `${kind}: ${reason.stack ?? reason}`;
    }
  }
}

// API is the connection to the Runtime API.
class API {
  constructor(socket) {
    this.socket = socket;
    this.data = Buffer.alloc(0);
    this.waiting = null;
    socket.on('data', (more) => {
      this.data = this.data.length ? Buffer.concat([this.data, more]) : more;
      this.deliver();
    });
    socket.on('close', () => process.exit(0)); // the server is gone
    socket.on('error', () => {});
  }

  static async connect(address, descriptor) {
    if (descriptor !== undefined) {
      return new API(new net.Socket({ fd: Number(descriptor), readable: true, writable: true }));
    }
    const at = address.lastIndexOf(':');
    return new Promise((resolve) => {
      const socket = net.connect(Number(address.slice(at + 1)), address.slice(0, at), () => {
        socket.setNoDelay(true);
        resolve(new API(socket));
      });
    });
  }

  write(...pieces) {
    return new Promise((done) => {
      this.socket.cork();
      for (const piece of pieces.slice(0, -1)) {
        this.socket.write(piece);
      }
      this.socket.write(pieces.at(-1), done);
      this.socket.uncork();
    });
  }

  post(where, body, kind, then = '') {
    const bytes = Buffer.from(body);
    return this.write(
      `POST ${prefix}${where} HTTP/1.1\r\nHost: lambda\r\nContent-Type: application/json\r\n` +
        (kind ? `Lambda-Runtime-Function-Error-Type: ${kind.replace(/[^ -~]/g, '?')}\r\n` : '') +
        `Content-Length: ${bytes.length}\r\n\r\n`,
      bytes,
      then,
    );
  }

  // receive gives status, headers (names in lower case) and body of the next answer.
  receive() {
    return new Promise((resolve) => {
      this.waiting = resolve;
      this.deliver();
    });
  }

  deliver() {
    if (!this.waiting) {
      return;
    }
    const end = this.data.indexOf('\r\n\r\n');
    if (end < 0) {
      return;
    }
    const lines = this.data.toString('latin1', 0, end).split('\r\n');
    const headers = {};
    for (const line of lines.slice(1)) {
      const at = line.indexOf(': ');
      headers[line.slice(0, at).toLowerCase()] = line.slice(at + 2);
    }
    const stop = end + 4 + Number(headers['content-length'] ?? 0);
    if (this.data.length < stop) {
      return;
    }
    const body = this.data.subarray(end + 4, stop);
    this.data = this.data.subarray(stop);
    const resolve = this.waiting;
    this.waiting = null;
    resolve({ status: Number(lines[0].slice(9, 12)), headers, body });
  }
}

// ResponseStream is what a streaming handler writes its answer to. The answer begins with the first write.
class ResponseStream extends Writable {
  constructor(api, id) {
    super({ highWaterMark: 64 << 10 });
    this.api = api;
    this.id = id;
    this.contentType = 'application/octet-stream';
    this.prelude = null;
    this.begun = false;
  }

  setContentType(type) {
    this.contentType = type;
  }

  begin() {
    if (this.begun) {
      return [];
    }
    this.begun = true;
    const head =
      `POST ${prefix}invocation/${this.id}/response HTTP/1.1\r\nHost: lambda\r\nContent-Type: ${this.contentType}\r\n` +
      'Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\n' +
      'Trailer: Lambda-Runtime-Function-Error-Type\r\nTrailer: Lambda-Runtime-Function-Error-Body\r\n\r\n';
    return this.prelude ? [head, ...chunk(this.prelude)] : [head];
  }

  _write(data, encoding, done) {
    const bytes = Buffer.isBuffer(data) ? data : Buffer.from(data, encoding);
    const pieces = [...this.begin(), ...chunk(bytes)];
    if (pieces.length === 0) {
      done();
      return;
    }
    this.api.write(...pieces).then(() => done(), done);
  }

  _final(done) {
    this.api.write(...this.begin(), '0\r\n\r\n').then(() => done(), done);
  }

  // fail ends an answer that has begun with the description of an error.
  fail(kind, description) {
    const body = Buffer.from(description).toString('base64');
    return this.api.write(
      `0\r\nLambda-Runtime-Function-Error-Type: ${kind}\r\nLambda-Runtime-Function-Error-Body: ${body}\r\n\r\n`,
    );
  }
}

function chunk(bytes) {
  return bytes.length ? [`${bytes.length.toString(16)}\r\n`, bytes, '\r\n'] : [];
}

globalThis.awslambda = {
  streamifyResponse(handler, options) {
    handler[streaming] = 'response';
    if (options?.highWaterMark !== undefined) {
      handler[Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark')] = Number.parseInt(options.highWaterMark, 10);
    }
    return handler;
  },
  HttpResponseStream: {
    from(stream, metadata) {
      stream.setContentType('application/vnd.awslambda.http-integration-response');
      stream.prelude = Buffer.concat([Buffer.from(JSON.stringify(metadata)), Buffer.alloc(8)]);
      return stream;
    },
  },
};

// deployed gives a stack the paths that the function's files have on AWS.
function deployed(stack) {
  return stack.replaceAll(`${env.LAMBDA_TASK_ROOT}/`, '/var/task/');
}

// description is an error as callers of the function see it.
function description(error) {
  if (error instanceof Error || util.types.isNativeError(error)) {
    return {
      errorType: error.name?.replace(/\x7F/g, '%7F') ?? 'Error',
      errorMessage: error.message,
      trace: deployed(error.stack ?? '').split('\n'),
    };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

let requestId;
const levels = { TRACE: 0, DEBUG: 1, INFO: 2, WARN: 3, ERROR: 4, FATAL: 5 };
const least = jsonLogs ? (levels[env.AWS_LAMBDA_LOG_LEVEL ?? 'INFO'] ?? 2) : 0;

function log(level, values) {
  if (levels[level] < least) {
    return;
  }
  const time = new Date().toISOString();
  if (!jsonLogs) {
    process.stdout.write(`${time}\t${requestId}\t${level}\t${util.format(...values)}\n`);
    return;
  }
  const line = { timestamp: time, level, requestId, message: values.length === 1 ? values[0] : util.format(...values) };
  const error = values.find((value) => value instanceof Error);
  if (error) {
    Object.assign(line, { errorType: error.name, errorMessage: error.message, stackTrace: deployed(error.stack ?? '').split('\n') });
    line.message = util.format(...values);
  }
  let text;
  try {
    text = JSON.stringify(line);
  } catch {
    text = JSON.stringify({ ...line, message: util.format(...values) });
  }
  process.stdout.write(text + '\n');
}

for (const [name, level] of Object.entries({
  log: 'INFO', info: 'INFO', debug: 'DEBUG', warn: 'WARN', error: 'ERROR', trace: 'TRACE', fatal: 'FATAL',
})) {
  console[name] = (...values) => log(level, values);
}

function logError(title, error) {
  const { trace, ...rest } = description(error);
  log('ERROR', jsonLogs && error instanceof Error ? [error] : [`${title} \t${JSON.stringify({ ...rest, stack: trace })}`]);
}

// load gives the function that a handler's name means.
async function load(root, name) {
  if (name.includes('..')) {
    throw new Fault('Runtime.MalformedHandlerName',
      `'..' is not valid in a handler name. Use absolute paths when specifying root directories in handler names.`);
  }
  const base = path.basename(name);
  const folder = name.slice(0, name.length - base.length);
  const match = /^([^.]*)\.(.+)$/.exec(base);
  if (!match) {
    throw new Fault('Runtime.MalformedHandlerName', 'Bad handler');
  }
  const [, module, member] = match;
  let found;
  try {
    found = await loadModule(root, folder, module);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new Fault('Runtime.UserCodeSyntaxError', error);
    }
    if (error?.code === 'MODULE_NOT_FOUND' || error?.code === 'ERR_MODULE_NOT_FOUND') {
      throw new Fault('Runtime.ImportModuleError', error);
    }
    throw error;
  }
  const handler = member.split('.').reduce((value, key) => value?.[key], found);
  if (handler === undefined || handler === null) {
    throw new Fault('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  }
  if (typeof handler !== 'function') {
    throw new Fault('Runtime.HandlerNotFound', `${name} is not a function`);
  }
  return handler;
}

async function loadModule(root, folder, module) {
  const stem = path.resolve(root, folder, module);
  for (const suffix of ['', '.js', '.mjs', '.cjs']) {
    const file = stem + suffix;
    if (!isFile(file)) {
      continue;
    }
    if (suffix === '.mjs' || (suffix === '.js' && isModule(path.dirname(file)))) {
      return import(pathToFileURL(file).href);
    }
    return require(file);
  }
  return require(require.resolve(`./${path.join(folder, module)}`, { paths: [root] }));
}

function isFile(file) {
  try {
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

// isModule tells whether the nearest package.json makes .js files modules.
function isModule(folder) {
  for (;;) {
    const file = path.join(folder, 'package.json');
    if (isFile(file)) {
      try {
        return JSON.parse(fs.readFileSync(file, 'utf8')).type === 'module';
      } catch {
        return false;
      }
    }
    const parent = path.dirname(folder);
    if (parent === folder || path.basename(folder) === 'node_modules') {
      return false;
    }
    folder = parent;
  }
}

// The context object, without what ends the invocation.
// Source: Lambda developer guide, "Using the Lambda context object to retrieve Node.js function information".
function context(headers) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  const parsed = (name) => (headers[name] ? JSON.parse(Buffer.from(headers[name], 'latin1').toString()) : undefined);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: parsed('lambda-runtime-client-context'),
    identity: parsed('lambda-runtime-cognito-identity'),
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

// whenEmpty is called when nothing is left to do in the event loop.
let whenEmpty = null;
process.on('beforeExit', () => {
  const call = whenEmpty;
  whenEmpty = null;
  call?.();
});

// outcome runs a handler and gives {result} or {error}.
function outcome(handler, event, ctx) {
  return new Promise((resolve) => {
    let over = false;
    const end = (value, wait) => {
      if (over) {
        return;
      }
      over = true;
      if (wait && ctx.callbackWaitsForEmptyEventLoop) {
        whenEmpty = () => resolve(value);
      } else {
        whenEmpty = null;
        resolve(value);
      }
    };
    const callback = (error, result) =>
      end(error !== undefined && error !== null ? { error } : { result }, true);
    ctx.done = (error, result) => callback(error, result);
    ctx.succeed = (result) => end({ result }, false);
    ctx.fail = (error) => end({ error: error ?? 'handled' }, false);
    // A handler that neither calls back nor has anything left to wait for answers null.
    whenEmpty = () => end({ result: null }, false);
    try {
      const returned = handler(event, ctx, callback);
      if (typeof returned?.then === 'function') {
        returned.then((result) => end({ result }, false), (error) => end({ error }, false));
      }
    } catch (error) {
      end({ error }, false);
    }
  });
}

function encode(result) {
  try {
    return JSON.stringify(result === undefined ? null : result) ?? 'null';
  } catch (error) {
    throw new Fault('Runtime.MarshalError', 'Unable to stringify response body');
  }
}

async function answer(api, handler, event, ctx) {
  let { result, error } = await outcome(handler, event, ctx);
  let failed = error !== undefined;
  let body;
  if (!failed) {
    try {
      body = encode(result);
    } catch (e) {
      [failed, error] = [true, e];
    }
  }
  api.socket.ref();
  if (!failed) {
    await api.post(`invocation/${requestId}/response`, body, null, next);
    return;
  }
  logError('Invoke Error', error);
  const text = description(error);
  await api.post(`invocation/${requestId}/error`, JSON.stringify(text), text.errorType, next);
}

async function answerStream(api, handler, event, ctx) {
  const stream = new ResponseStream(api, requestId);
  const broken = new Promise((_, reject) => stream.on('error', reject));
  const finished = new Promise((resolve) => stream.on('finish', resolve));
  try {
    whenEmpty = () => stream.end();
    await Promise.race([Promise.resolve(handler(event, stream, ctx)), broken]);
    api.socket.ref();
    if (!stream.writableEnded) {
      stream.end();
    }
    await Promise.race([finished, broken]);
    await api.write(next);
  } catch (error) {
    api.socket.ref();
    logError('Invoke Error', error);
    const text = description(error);
    if (stream.begun) {
      await stream.fail(text.errorType, JSON.stringify(text));
      await api.write(next);
    } else {
      await api.post(`invocation/${requestId}/error`, JSON.stringify(text), text.errorType, next);
    }
  }
  whenEmpty = null;
}

const api = await API.connect(env.AWS_LAMBDA_RUNTIME_API, process.argv.splice(2, 1)[0]);
let running = false;

// die reports an error that nothing caught, and ends the process.
async function die(error, status) {
  api.socket.ref();
  const text = description(error);
  logError('Uncaught Exception', error);
  const where = running ? `invocation/${requestId}/error` : 'init/error';
  await api.post(where, JSON.stringify(text), text.errorType);
  setTimeout(() => process.exit(status), 50);
  await api.receive();
  process.exit(status);
}
process.on('uncaughtException', (error) => die(error, 129));
process.on('unhandledRejection', (reason) => {
  const fault = new Fault('Runtime.UnhandledPromiseRejection', reason);
  die(fault, 128);
});

const handler = await load(env.LAMBDA_TASK_ROOT, env._HANDLER).catch((error) => die(error, 1).then(() => process.exit(1)));
const answers = handler[streaming] ? answerStream : answer;
await api.write(next);
for (;;) {
  const { status, headers, body } = await api.receive();
  if (status !== 200) {
    process.exit(1);
  }
  const ctx = context(headers);
  requestId = ctx.awsRequestId;
  env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'] ?? '';
  api.socket.unref();
  running = true;
  let event;
  try {
    event = JSON.parse(body.toString());
  } catch (error) {
    event = undefined;
  }
  await answers(api, handler, event, ctx);
  running = false;
  const refused = await api.receive();
  if (refused.status !== 202) {
    console.error(`the Runtime API refused the answer: ${refused.status} ${refused.body}`);
  }
}
