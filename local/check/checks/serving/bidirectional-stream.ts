import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { LABELS, SERVING } from '../../../contract';
import type { Problem } from '../../core/finding';
import { type Sample, type ServingProbe, isSuccessful } from '../../probe/serving-probe';
import type { Check } from '../check';
import { describeResponse } from './response';

export const bidirectionalStream: Check = {
  id: 'bidirectional-stream',
  group: 'serving',
  severity: 'error',
  fact: 'B29',
  title: 'A container with the label for bidirectional streaming exchanges messages over a WebSocket',
  run: async ({ serving, image }) => {
    await serving.healthy();
    const { labels } = await image.info(serving.specification.image);
    if (labels[LABELS.bidirectionalStreaming] !== 'true') return [];
    // A container of its own: the end of a connection may end it.
    return serving.another(
      (request) => request,
      async ({ url }) => {
        const problem = (await streamingProblem(serving, url)) ?? (await pingProblem(serving, url));
        return problem === undefined ? [] : [problem];
      },
    );
  },
};

/** The first problem of a connection; later messages would only fail for the same reason. */
async function streamingProblem(serving: ServingProbe, url: string): Promise<Problem | undefined> {
  const address = `${url.replace(/^http/, 'ws')}${SERVING.bidirectional}`;
  const socket = new WebSocket(address);
  // Each wait handles errors itself; without a listener an error in between would end the process.
  socket.on('error', () => undefined);
  try {
    return await exchangeMessages(socket, serving.times.invocation, serving.samples()[0]);
  } finally {
    const closed = waitFor(socket, 'close', serving.times.invocation);
    socket.close();
    await closed;
    socket.terminate();
  }
}

/** Content types that are sent as text frames; all others are sent as binary frames. */
const TEXT = /^text\/|json|xml/;

async function exchangeMessages(
  socket: WebSocket,
  seconds: number,
  sample: Sample | undefined,
): Promise<Problem | undefined> {
  const notOpened = await waitFor(socket, 'open', seconds);
  if (notOpened !== undefined) {
    return {
      message: `The image has the label ${LABELS.bidirectionalStreaming}, but a WebSocket at ${SERVING.bidirectional} cannot be opened: ${notOpened}.`,
      fix: `Accept WebSocket connections at ${SERVING.bidirectional} on port ${SERVING.port}, or remove the label.`,
    };
  }
  const noPong = await responseTo(socket, 'pong', seconds, () => socket.ping());
  if (noPong !== undefined) {
    return {
      message: `A ping frame on the WebSocket gets no pong frame: ${noPong}. SageMaker closes the connection after five of them.`,
      fix: 'Respond to ping frames while the model computes too. WebSocket libraries do so if the event loop is not blocked.',
    };
  }
  if (sample === undefined) return undefined;
  const { body } = sample;
  const binary = !TEXT.test(sample.contentType);
  const noMessage = await responseTo(socket, 'message', seconds, () => socket.send(body, { binary }));
  if (noMessage !== undefined) {
    return {
      message: `The sample request, sent as one WebSocket message, gets no response: ${noMessage}.`,
      fix: 'Respond to messages on the same WebSocket, with one message per part of the response.',
    };
  }
  const middle = Math.ceil(body.byteLength / 2);
  const noMessageForFragments = await responseTo(socket, 'message', seconds, () => {
    socket.send(body.subarray(0, middle), { binary, fin: false });
    socket.send(body.subarray(middle), { binary, fin: true });
  });
  if (noMessageForFragments === undefined) return undefined;
  return {
    message: `The sample request, sent in two fragments as SageMaker sends the parts of a payload, gets no response: ${noMessageForFragments}.`,
    fix: 'Join the frames of a message up to the one with the FIN bit.',
  };
}

/** Whether the container outlives the connection. */
async function pingProblem(serving: ServingProbe, url: string): Promise<Problem | undefined> {
  const response = await serving.ping(url);
  if (isSuccessful(response) && response.status === 200) return undefined;
  return {
    message: `After a WebSocket was closed, GET ${SERVING.ping} no longer responds with status 200: ${describeResponse(response)}.`,
    fix: 'When a connection ends, release only the resources of this connection.',
  };
}

function responseTo(socket: WebSocket, event: string, seconds: number, send: () => void): Promise<string | undefined> {
  const response = waitFor(socket, event, seconds);
  send();
  return response;
}

/** Waits for an event of a socket. Returns why it did not occur, or undefined if it did. */
async function waitFor(socket: WebSocket, event: string, seconds: number): Promise<string | undefined> {
  if (socket.readyState === WebSocket.CLOSED) return 'the connection is closed';
  const done = new AbortController();
  const { signal } = done;
  const occurred = once(socket, event, { signal }).then(() => undefined);
  const closed = once(socket, 'close', { signal }).then(([code]) => `the connection was closed with code ${code}`);
  const timeout = sleep(seconds * 1000, `nothing was received within ${seconds} s`, { signal });
  return Promise.race([occurred, closed, timeout])
    .catch((error: Error) => error.message)
    .finally(() => done.abort());
}
