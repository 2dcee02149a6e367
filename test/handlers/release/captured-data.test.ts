import type { GetObjectCommandInput, ListObjectsV2CommandInput } from '@aws-sdk/client-s3';
import type { ShadowTest } from '../../../lib/handlers/release-contract';
import { MAX_BYTES, compareVariants } from '../../../lib/handlers/release/compare-variants';
import type { Comparison } from '../../../lib/handlers/release/comparison';
import { SHADOW_TEST } from './simulation';

const START = Date.parse('2026-11-30T10:20:00Z');

interface Line {
  readonly request?: string;
  readonly response?: string;
  readonly contentType?: string;
  readonly encoding?: string;
  readonly inferenceId?: string;
  readonly time?: string;
}

/** A captured record, as SageMaker writes it. */
function line({
  request = '1',
  response = '2',
  inferenceId,
  time = '2026-11-30T10:30:00Z',
  ...captured
}: Line): string {
  const { contentType = 'text/csv', encoding = 'CSV' } = captured;
  return JSON.stringify({
    captureData: {
      endpointInput: { observedContentType: 'text/csv', mode: 'INPUT', data: request, encoding: 'CSV' },
      endpointOutput: { observedContentType: contentType, mode: 'OUTPUT', data: response, encoding },
    },
    eventMetadata: { eventId: 'unique', inferenceId, inferenceTime: time },
    eventVersion: '0',
  });
}

/** A bucket with the files of the variants, by the keys below their prefixes. A list returns two of them at once. */
class Bucket {
  public readonly read: string[] = [];
  public bytes = 0;
  private readonly files: [key: string, text: string, size: number][] = [];

  public add(variant: 'production' | 'shadow', name: string, lines: Line[], size = 100): void {
    const prefix = variant === 'production' ? SHADOW_TEST.ProductionPrefix : SHADOW_TEST.ShadowPrefix;
    this.files.push([`${prefix}${name}`, lines.map((each) => `${line(each)}\n`).join(''), size]);
  }

  /** Adds a file of an hour, as it is stored. */
  public addText(variant: 'production' | 'shadow', text: string): void {
    const prefix = variant === 'production' ? SHADOW_TEST.ProductionPrefix : SHADOW_TEST.ShadowPrefix;
    this.files.push([`${prefix}2026/11/30/10/30-00-000-a.jsonl`, text, text.length]);
  }

  public compare(overrides: Partial<ShadowTest> = {}): Promise<Comparison> {
    const send = ({ input }: { input: ListObjectsV2CommandInput & GetObjectCommandInput }): Promise<unknown> =>
      Promise.resolve(input.Key === undefined ? this.list(input) : this.get(input.Key, input.Range));
    const services = { s3: { send }, sleep: () => Promise.resolve(), now: () => START, random: () => 1 } as never;
    return compareVariants(
      { ...SHADOW_TEST, ...overrides },
      { arn: 'version', since: START },
      services,
      START + 60_000,
    );
  }

  private list({ Prefix = '', StartAfter = '', ContinuationToken = '0' }: ListObjectsV2CommandInput): object {
    const found = this.files.filter(([key]) => key.startsWith(Prefix) && key > StartAfter).sort();
    const next = Number(ContinuationToken) + 2;
    return {
      Contents: found.slice(next - 2, next).map(([Key, , Size]) => ({ Key, Size })),
      NextContinuationToken: next < found.length ? String(next) : undefined,
    };
  }

  private get(Key: string, Range?: string): object {
    this.read.push(Key);
    const [, whole] = this.files.find(([key]) => key === Key)!;
    const [, last] = /^bytes=0-(\d+)$/.exec(Range ?? '') ?? [];
    const text = last === undefined ? whole : whole.slice(0, Number(last) + 1);
    this.bytes += text.length;
    return { Body: { transformToString: () => Promise.resolve(text) } };
  }
}

/** The comparison of the records of one file for each variant. */
function comparisonOf(production: Line[], shadow: Line[], overrides: Partial<ShadowTest> = {}): Promise<Comparison> {
  const bucket = new Bucket();
  bucket.add('production', '2026/11/30/10/30-00-000-a.jsonl', production);
  bucket.add('shadow', '2026/11/30/10/30-00-000-b.jsonl', shadow);
  return bucket.compare(overrides);
}

const counts = ({ requestCount, agreementCount, unpaired }: Comparison): number[] => [
  requestCount,
  agreementCount,
  unpaired.production,
  unpaired.shadow,
];

describe('Captured responses of the two variants', () => {
  test('belong together if their inference IDs are the same, although other requests are the same too', async () => {
    const [a, b] = ['a', 'b'].map((inferenceId) => ({ request: 'same', response: inferenceId, inferenceId }));
    expect(counts(await comparisonOf([a, b], [b, a]))).toEqual([2, 2, 0, 0]);
  });

  test('belong together if their requests are the same, if callers send no inference ID or only one variant has it', async () => {
    const [a, b] = ['a', 'b'].map((request) => ({ request, response: request }));
    expect(counts(await comparisonOf([a, b], [b, a]))).toEqual([2, 2, 0, 0]);
    expect(counts(await comparisonOf([{ ...a, inferenceId: '1' }, b], [b, a]))).toEqual([2, 2, 0, 0]);
  });

  test('are compared in their order if a request occurs more than once', async () => {
    const lines = ['1', '2', '3'].map((response) => ({ request: 'same', response }));
    expect(counts(await comparisonOf(lines, lines.slice(0, 2)))).toEqual([2, 2, 1, 0]);
  });

  test('without a counterpart are counted, and no part of the agreement', async () => {
    const production = [{ request: 'a' }, { request: 'b' }, { request: 'c' }];
    expect(counts(await comparisonOf(production, [{ request: 'c' }, { request: 'd' }]))).toEqual([1, 1, 2, 1]);
  });

  test('from before the test are ignored, also those of the same hour', async () => {
    const old = { time: '2026-11-30T10:19:59Z' };
    expect(counts(await comparisonOf([old, {}], [old, {}]))).toEqual([1, 1, 0, 0]);
  });

  test('are found in all files since the hour of the start, on all pages of the list', async () => {
    const bucket = new Bucket();
    for (const hour of ['2026/11/30/09', '2026/11/30/10', '2026/11/30/23', '2026/12/01/00']) {
      bucket.add('production', `${hour}/00-00-000-a.jsonl`, [{ request: hour }]);
      bucket.add('shadow', `${hour}/00-00-000-b.jsonl`, [{ request: hour }]);
    }
    expect(counts(await bucket.compare())).toEqual([3, 3, 0, 0]);
    expect(bucket.read).toHaveLength(6);
  });

  test.each<[string, Line, Line, Partial<ShadowTest>, number]>([
    [
      'the same if numbers of the CSV differ by the tolerance',
      { response: '0.5' },
      { response: '0.6' },
      { Tolerance: 0.11 },
      1,
    ],
    [
      'different if numbers of the CSV differ by more',
      { response: '0.5' },
      { response: '0.7' },
      { Tolerance: 0.11 },
      0,
    ],
    [
      'the same if the values at the JSONPath are',
      { response: '{"label":1,"id":1}', contentType: 'application/json', encoding: 'JSON' },
      { response: '{"id":2,"label":1}', contentType: 'application/json', encoding: 'JSON' },
      { JsonPath: '$.label' },
      1,
    ],
    [
      'the same if JSON in Base64 has other spaces',
      { response: Buffer.from('[1]').toString('base64'), contentType: 'application/json', encoding: 'BASE64' },
      { response: Buffer.from('[ 1 ]').toString('base64'), contentType: 'application/json', encoding: 'BASE64' },
      {},
      1,
    ],
    [
      'different if other content differs by a space',
      { response: 'yes', contentType: 'text/plain' },
      { response: 'yes ', contentType: 'text/plain' },
      {},
      0,
    ],
  ])('are %s', async (_, production, shadow, overrides, agreementCount) => {
    expect(await comparisonOf([production], [shadow], overrides)).toMatchObject({ requestCount: 1, agreementCount });
  });
});

test('Of more captured data than a function can hold, the same share of each hour and variant is read', async () => {
  const bucket = new Bucket();
  const size = MAX_BYTES / 4;
  for (const hour of ['10', '11']) {
    for (const minute of ['00', '15', '30', '45']) {
      for (const variant of ['production', 'shadow'] as const) {
        bucket.add(variant, `2026/11/30/${hour}/${minute}-00-000-${variant}.jsonl`, [{ request: hour + minute }], size);
      }
    }
  }
  expect(counts(await bucket.compare())).toEqual([2, 2, 0, 0]);
  expect(bucket.read.map((key) => key.slice(-30))).toEqual(
    ['production', 'production', 'shadow', 'shadow'].map((variant, index) =>
      `churn/2026/11/30/1${index % 2}/00-00-000-${variant}.jsonl`.slice(-30),
    ),
  );
});

test('Of a file that is larger than what a function can hold, the complete records at its start are read', async () => {
  const bucket = new Bucket();
  const count = 1000;
  const request = 'x'.repeat(MAX_BYTES / count);
  const text = Array.from({ length: count }, (_, index) => `${line({ request: `${request}${index}` })}\n`).join('');
  bucket.addText('production', text);
  bucket.addText('shadow', text);
  const { requestCount, agreementCount, unpaired } = await bucket.compare();
  expect(bucket.bytes).toBeLessThanOrEqual(MAX_BYTES);
  expect(requestCount).toBeGreaterThan(count / 2 - 10);
  expect([agreementCount, unpaired]).toEqual([requestCount, { production: 0, shadow: 0 }]);
});

test.each(['{"captureData": {"endpoint', 'null', '{"captureData": {"endpointOutput": {"encoding": "CSV"}}}'])(
  'A line that is no captured response, such as %s, does not prevent the comparison of the others',
  async (other) => {
    const bucket = new Bucket();
    bucket.addText('production', `${line({})}\n${other}\n`);
    bucket.addText('shadow', `${other}\n${line({})}\n`);
    expect(counts(await bucket.compare())).toEqual([1, 1, 0, 0]);
  },
);
