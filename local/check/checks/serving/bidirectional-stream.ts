import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { LABELS, SERVING } from '../../../contract';
import { type Check, type Problem, Untold } from '../../core/check';
import type { ServingLab } from '../../probe/serving-probe';
import type { SampleRequest } from '../../core/specification';
import { sendRequest } from '../../../http';

/** What is sent as text; all else is sent as bytes. */
const TEXT = /^text\/|json|xml/;

type Sample = SampleRequest & { body: Buffer };

export const bidirectionalStream: Check = {
  id: 'bidirectional-stream',
  group: 'serving',
  severity: 'error',
  fact: 'B29',
  title: 'A container that says it can talks in both directions over a WebSocket',
  run: async (lab) => {
    await lab.serving.healthy();
    const { labels } = await lab.image.info(lab.serving.specification.image);
    if (labels[LABELS.bidirectionalStreaming] !== 'true') return [];
    // In a container of its own, which may not live through the end of a connection.
    return lab.serving.varied(
      (request) => request,
      async ({ server }) => {
        if (server === undefined) throw new Untold('the container did not become healthy again');
        const problem = (await whileOpen(lab.serving, server.url)) ?? (await afterwards(lab.serving, server.url));
        return problem === undefined ? [] : [problem];
      },
    );
  },
};

/** The first thing that goes wrong on a connection: what comes after it would tell nothing. */
async function whileOpen(serving: ServingLab, url: string): Promise<Problem | undefined> {
  const address = `${url.replace(/^http/, 'ws')}${SERVING.bidirectional}`;
  const socket = new WebSocket(address);
  // Whoever waits for something hears of an error; nobody else need.
  socket.on('error', () => undefined);
  try {
    return await talk(socket, serving.times.invocation, serving.samples()[0]);
  } finally {
    const closed = arrival(socket, 'close', serving.times.invocation);
    socket.close();
    await closed;
    socket.terminate();
  }
}

async function talk(socket: WebSocket, seconds: number, sample: Sample | undefined): Promise<Problem | undefined> {
  const refused = await arrival(socket, 'open', seconds);
  if (refused !== undefined) {
    return {
      message: `No WebSocket can be opened at ${SERVING.bidirectional}, as the label ${LABELS.bidirectionalStreaming} promises: ${refused}.`,
      fix: `Accept WebSocket connections at ${SERVING.bidirectional} on port 8080, or take the label away.`,
    };
  }
  const unheard = await answerTo(socket, 'pong', seconds, () => socket.ping());
  if (unheard !== undefined) {
    return {
      message: `A ping on the WebSocket has no pong: ${unheard}. SageMaker closes a connection after five of them.`,
      fix: 'HttpResponse ping frames also while the model computes; libraries do so when they are let.',
    };
  }
  if (sample === undefined) return undefined;
  const { body } = sample;
  const binary = !TEXT.test(sample.contentType);
  const whole = await answerTo(socket, 'message', seconds, () => socket.send(body, { binary }));
  if (whole !== undefined) {
    return {
      message: `The sample, sent as one message over the WebSocket, is not answered: ${whole}.`,
      fix: 'HttpResponse what comes over the WebSocket there, a message for each part of the answer.',
    };
  }
  const middle = Math.ceil(body.byteLength / 2);
  const inParts = await answerTo(socket, 'message', seconds, () => {
    socket.send(body.subarray(0, middle), { binary, fin: false });
    socket.send(body.subarray(middle), { binary, fin: true });
  });
  if (inParts === undefined) return undefined;
  return {
    message: `The sample in two fragments, as parts of one payload come, is not answered: ${inParts}.`,
    fix: 'Put the frames of a message together until one says that it is the last.',
  };
}

/** Whether the container lives on after its client has gone. */
async function afterwards({ times }: ServingLab, url: string): Promise<Problem | undefined> {
  const answer = await sendRequest(`${url}${SERVING.ping}`, { timeoutSeconds: times.pingTimeout });
  if ('status' in answer && answer.status === 200) return undefined;
  return {
    message: `When a WebSocket has been closed, /ping is not answered with 200 any more: ${'status' in answer ? `the status is ${answer.status}` : answer.message}.`,
    fix: 'Let the end of a connection end what belongs to it alone.',
  };
}

function answerTo(socket: WebSocket, event: string, seconds: number, say: () => void): Promise<string | undefined> {
  const answer = arrival(socket, event, seconds);
  say();
  return answer;
}

/** Waits for something on a socket; why it did not come, if it did not. */
async function arrival(socket: WebSocket, event: string, seconds: number): Promise<string | undefined> {
  if (socket.readyState === WebSocket.CLOSED) return 'the connection is closed';
  const over = new AbortController();
  const { signal } = over;
  const came = once(socket, event, { signal }).then(() => undefined);
  const closed = once(socket, 'close', { signal }).then(([code]) => `the connection was closed with code ${code}`);
  const late = sleep(seconds * 1000, `nothing came within ${seconds} s`, { signal });
  return Promise.race([came, closed, late])
    .catch((error: Error) => error.message)
    .finally(() => over.abort());
}
