// The inference server: /ping and /invocations with the model in /opt/ml/model.

import http from 'node:http';
import { load, predict } from './model.js';
import { FEATURES, InvalidRow, parseCsv, parseJson } from './rows.js';

const MAX_BODY = 25 * 1024 * 1024;
const CLASSES = ['malignant', 'benign'];

class HttpError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export function serve() {
  const model = loadModel();
  const server = http.createServer((request, response) => {
    respond(model, request).then(
      ([status, type, body]) => send(response, server, status, type, body),
      (error) => send(response, server, error.status ?? 500, 'text/plain', error.message),
    );
  });
  // Longer than the caller keeps an idle connection, which would otherwise be closed while a request is on its way.
  server.keepAliveTimeout = 75_000;
  server.listen(Number(process.env.SAGEMAKER_BIND_TO_PORT ?? 8080), '0.0.0.0');
  // Requests in progress are completed. The process ends when no connection is left.
  process.on('SIGTERM', () => server.close(() => process.exit()));
}

/** The model, or undefined if it cannot be loaded: the container then runs, but /ping reports that it is not healthy. */
function loadModel() {
  try {
    return load('/opt/ml/model');
  } catch (error) {
    console.error(`no model: ${error.message}`);
    return undefined;
  }
}

function send(response, server, status, type, body) {
  const headers = { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) };
  // A connection that stays open would keep the process from ending.
  if (!server.listening) headers.Connection = 'close';
  response.writeHead(status, headers).end(body);
}

async function respond(model, request) {
  // The body is read before the response, so that the connection can be used again.
  const body = await readBody(request);
  if (request.url === '/ping') return [model === undefined ? 503 : 200, 'text/plain', ''];
  if (request.url !== '/invocations') throw new HttpError(404, 'no such path');
  if (request.method !== 'POST') throw new HttpError(405, 'use POST');
  if (model === undefined) throw new HttpError(503, 'no model is loaded');

  const accept = negotiate(request.headers.accept ?? '*/*');
  const rows = readRows(mimeType(request.headers['content-type'] ?? ''), body.toString());
  const predictions = predict(model, rows).map((probability) => ({
    label: CLASSES[probability >= 0.5 ? 1 : 0],
    probability,
  }));
  return [200, accept, accept === 'text/csv' ? csvOf(predictions) : JSON.stringify({ predictions })];
}

async function readBody(request) {
  const parts = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    // The rest is read and dropped: a caller that is still sending would not read the response.
    if (length <= MAX_BODY) parts.push(part);
  }
  if (length > MAX_BODY) throw new HttpError(413, `the body must have at most ${MAX_BODY} bytes`);
  return Buffer.concat(parts);
}

function csvOf(predictions) {
  return predictions.map(({ label, probability }) => `${label},${probability.toFixed(6)}\n`).join('');
}

/** The MIME type without parameters: `text/csv; charset=utf-8` is text/csv. */
function mimeType(header) {
  return header.split(';')[0].trim().toLowerCase();
}

function negotiate(accept) {
  const accepted = accept.split(',').map(mimeType);
  const offered = ['application/json', 'text/csv'].find((type) =>
    [type, '*/*', `${type.split('/')[0]}/*`].some((pattern) => accepted.includes(pattern)),
  );
  if (offered === undefined) {
    throw new HttpError(406, `accept must include application/json or text/csv, got ${accept}`);
  }
  return offered;
}

function readRows(contentType, body) {
  if (contentType !== 'text/csv' && contentType !== 'application/json') {
    throw new HttpError(415, `the content type must be text/csv or application/json, got '${contentType}'`);
  }
  try {
    const rows = contentType === 'text/csv' ? parseCsv(body, FEATURES, 'body') : parseJson(body);
    if (rows.length === 0) throw new InvalidRow('body: no rows');
    return rows;
  } catch (error) {
    throw error instanceof InvalidRow ? new HttpError(400, error.message) : error;
  }
}
