import { createHash } from 'node:crypto';
import type { JobKind, JobRequests } from '../../../lib/handlers/contract';
import { inputTags } from '../../../lib/handlers/jobs/input-tags';
import { inputUris, parseInputsTag } from '../../../lib/handlers/shared/input-record';

interface Listed {
  readonly Bucket: string;
  readonly Prefix: string;
  readonly ContinuationToken?: string;
}

/** A bucket with a number of objects of 10 bytes, one of them newer, and the requests for lists of it. */
function bucket(count: number): { readonly s3: never; readonly requests: Listed[] } {
  const requests: Listed[] = [];
  const send = ({ input }: { readonly input: Listed }): Promise<object> => {
    requests.push(input);
    const from = Number(input.ContinuationToken ?? 0);
    const Contents = Array.from({ length: Math.min(1000, count - from) }, (_, index) => ({
      Key: `${input.Prefix}${from + index}`,
      ETag: `"e${from + index}"`,
      Size: 10,
      LastModified: new Date(Date.UTC(2026, 10, from + index === 1 ? 30 : 29)),
    }));
    return Promise.resolve({ Contents, NextContinuationToken: from + 1000 < count ? String(from + 1000) : undefined });
  };
  return { s3: { send } as never, requests };
}

const channel = (S3Uri: string): object => ({ DataSource: { S3DataSource: { S3Uri } } });
const training = (...uris: string[]): JobRequests['training'] =>
  ({ InputDataConfig: uris.map(channel) }) as JobRequests['training'];

async function valueOf(request: JobRequests[JobKind], s3: never): Promise<string | undefined> {
  const [tag] = await inputTags(request, { s3 } as never);
  return tag?.Value;
}

test('The tag of a job contains the number, the size, the newest time and the hash of the objects in all of its inputs', async () => {
  const { s3, requests } = bucket(2);
  const lines = ['a/', 'b/'].flatMap((prefix) => [0, 1].map((index) => `${prefix}${index}\t"e${index}"\t10\n`));
  const sha256 = createHash('sha256').update(lines.join('')).digest('hex');
  const value = await valueOf(training('s3://data/b/', 's3://data/a/', 's3://data/a/'), s3);
  expect(value).toBe(`objects=4 bytes=40 newest=2026-11-30T00:00:00.000Z sha256=${sha256}`);
  expect(requests.map(({ Bucket, Prefix }) => [Bucket, Prefix])).toEqual([
    ['data', 'a/'],
    ['data', 'b/'],
  ]);
  expect(parseInputsTag(value ?? '')).toEqual({
    ...{ objects: 4, bytes: 40, newest: '2026-11-30T00:00:00.000Z' },
    ...{ sha256, isPartial: false },
  });
});

test('The record of inputs with more than 10,000 objects is partial, and needs 11 requests', async () => {
  const { s3, requests } = bucket(25_000);
  const value = (await valueOf(training('s3://data'), s3)) ?? '';
  expect(parseInputsTag(value)).toMatchObject({ objects: 10_000, isPartial: true });
  expect(requests).toHaveLength(11);
  expect(value.length).toBeLessThanOrEqual(256);
});

test('Inputs that cannot be listed do not prevent a job: its tag contains the error', async () => {
  const error = Object.assign(new Error('Access Denied'), { name: 'AccessDenied' });
  const value = await valueOf(training('s3://data/a/'), { send: () => Promise.reject(error) } as never);
  expect(value).toBe('error=AccessDenied');
  expect(parseInputsTag(value ?? '')).toBeUndefined();
});

test('A job without inputs in Amazon S3 has no tag, and nothing is listed', async () => {
  const { s3, requests } = bucket(1);
  expect(await inputTags({ InputDataConfig: [{ DataSource: {} }] } as never, { s3 } as never)).toEqual([]);
  expect(await inputTags({ ModelName: 'churn' } as never, { s3 } as never)).toEqual([]);
  expect(requests).toEqual([]);
});

test('The inputs of a tuning job are those of its definition, or of all of its definitions', () => {
  const single = { TrainingJobDefinition: training('s3://data/a') };
  const several = { TrainingJobDefinitions: [training('s3://data/b'), training('s3://data/a')] };
  expect(inputUris(single as never)).toEqual(['s3://data/a']);
  expect(inputUris(several as never)).toEqual(['s3://data/a', 's3://data/b']);
});
