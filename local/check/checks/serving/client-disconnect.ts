import { LIMITS, SERVING } from '../../../contract';
import { Untold } from '../../core/check';
import type { Lab } from '../../probe/check-context';
import { tail } from '../../probe/training-probe';
import { type HttpResponse, NoResponse, sendRequest } from '../../../http';

const MIB = 1024 ** 2;
const SURE_BYTES = 6 * MIB;
const GARBAGE = Buffer.from('\u0000\u0001{]<not a row>,\u00ff;;');

/** What a container of its own answers to input that is no good, which it may not survive. */
export interface RoughHandling {
  readonly answers: { readonly what: string; readonly answer: HttpResponse | NoResponse }[];

  /** How it does afterwards. */
  readonly ping: HttpResponse | NoResponse;

  /** Answers to bodies of these sizes, as far as it is still alive. */
  readonly payloads: { readonly bytes: number; readonly answer: HttpResponse | NoResponse }[];
  readonly evidence: string[];
}

/** Once for all checks. */
export function roughHandling(lab: Lab): Promise<RoughHandling> {
  return lab.serving.shared('rough handling', async () => {
    await lab.serving.answering();
    return lab.serving.varied(
      (request) => request,
      async ({ server, lines }) => {
        if (server === undefined) throw new Untold('the container did not become healthy again');
        const { contentType } = lab.serving.sample();
        const send = (type: string, body: Buffer): Promise<HttpResponse | NoResponse> =>
          lab.serving.invoke(server.url, { ...lab.serving.invocation(), headers: { 'Content-Type': type }, body });
        const answers = [];
        for (const [what, type, body] of [
          ['a body that makes no sense', contentType, GARBAGE],
          ['a content type that nobody knows', 'application/x-unknown', GARBAGE],
          ['an empty body', contentType, Buffer.alloc(0)],
        ] as const) {
          answers.push({ what, answer: await send(type, body) });
        }
        const ping = await sendRequest(`${server.url}${SERVING.ping}`, {
          timeoutSeconds: lab.serving.times.pingTimeout,
        });
        const payloads = [];
        for (const bytes of ping instanceof NoResponse ? [] : sizesFor(lab)) {
          // Nothing that could be answered, so that a model need not work on it: it is the size alone that matters.
          payloads.push({ bytes, answer: await send(contentType, Buffer.alloc(bytes, 'x')) });
        }
        return { answers, ping, payloads, evidence: tail(lines) };
      },
    );
  });
}

/** Bodies that callers of this container may send, from the smallest. */
function sizesFor({ specification: { serving } }: Lab): number[] {
  if (serving?.isServerless === true) return [LIMITS.serverlessPayloadBytes];
  const batch = (serving?.transform?.maxPayloadInMB ?? 0) * MIB;
  return [...new Set([SURE_BYTES, LIMITS.realtimePayloadBytes, batch])]
    .filter((size) => size > 0)
    .sort((a, b) => a - b);
}
