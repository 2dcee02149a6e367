import { LIMITS } from '../../../contract';
import { type HttpResponse, NoResponse } from '../../../http';
import type { ServingSpecification } from '../../core/specification';
import type { CheckContext } from '../../probe/check-context';
import { lastLines } from '../../probe/evidence';

const MIB = 1024 ** 2;
const COMMON_BYTES = 6 * MIB;
const CORRUPT = Buffer.from('\u0000\u0001{]<not a row>,\u00ff;;');

export interface InvalidRequest {
  readonly input: string;
  readonly response: HttpResponse | NoResponse;

  /** Whether a response with a status from 200 to 299 is wrong: an empty body may be a valid batch of no records, and any bytes a text. */
  readonly mustFail: boolean;
}

/** Content types of which every body is valid. */
const ANY_BYTES = /^text\/plain|^application\/octet-stream/;

/** How a container of its own, which may not survive them, responds to invalid requests. */
export interface InvalidRequests {
  readonly responses: InvalidRequest[];

  /** The response to /ping afterwards. */
  readonly ping: HttpResponse | NoResponse;

  /** The responses to large bodies; empty if the container did not survive the other requests. */
  readonly payloads: { readonly bytes: number; readonly response: HttpResponse | NoResponse }[];
  readonly evidence: string[];
}

export function sendInvalidRequests({ serving, specification }: CheckContext): Promise<InvalidRequests> {
  return serving.shared('invalid requests', async () => {
    await serving.requireSuccess();
    return serving.another(
      (request) => request,
      async ({ url }, lines) => {
        const { contentType } = serving.sample();
        const send = (type: string, body: Buffer): Promise<HttpResponse | NoResponse> =>
          serving.invoke(url, { ...serving.invocation(), headers: { 'Content-Type': type }, body });
        const responses: InvalidRequest[] = [];
        for (const [input, type, body, mustFail] of [
          ['a corrupt body', contentType, CORRUPT, !ANY_BYTES.test(contentType)],
          ['an unknown content type', 'application/x-unknown', CORRUPT, true],
          ['an empty body', contentType, Buffer.alloc(0), false],
        ] as const) {
          responses.push({ input, response: await send(type, body), mustFail });
        }
        const ping = await serving.ping(url);
        const payloads = [];
        for (const bytes of ping instanceof NoResponse ? [] : payloadSizes(specification.serving)) {
          // A body that is not valid either: only its size matters, and a model would take long for a valid one.
          payloads.push({ bytes, response: await send(contentType, Buffer.alloc(bytes, 'x')) });
        }
        return { responses, ping, payloads, evidence: lastLines(lines) };
      },
    );
  });
}

/** The sizes of bodies that callers of this container may send, in ascending order. */
function payloadSizes(serving: ServingSpecification | undefined): number[] {
  if (serving?.isServerless === true) return [LIMITS.serverlessPayloadBytes];
  const batch = (serving?.transform?.maxPayloadInMB ?? 0) * MIB;
  return [...new Set([COMMON_BYTES, LIMITS.realtimePayloadBytes, batch])]
    .filter((size) => size > 0)
    .sort((a, b) => a - b);
}
