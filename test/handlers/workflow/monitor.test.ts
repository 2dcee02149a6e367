import * as fc from 'fast-check';
import { ServiceError } from '../jobs/simulation';
import { MonitorWorld, SELECT } from './monitor-simulation';

const HOUR = 3_600_000;
const MINUTE = 60_000;

describe('The captured data of an execution', () => {
  test('is that of its window in all variants, which the job reads by a manifest', async () => {
    const made = new MonitorWorld();
    await made.analyze(100);
    for (const hour of [98, 99, 102, 103]) made.capture(hour, 'a.jsonl');
    made.capture(102, 'b.jsonl', 'churn/canary');
    made.capture(101, 'c.jsonl', 'churn-2/main');
    made.capture(101, 'd.jsonl', 'churn/mainly');
    made.capture(101, 'notes.txt');
    const { arn, status } = await made.analyze(104.5);
    const [job] = [...made.jobs.values()];
    const Manifest = `s3://reports/drift/manifests/${arn.split(':').at(-1)}.json`;
    expect([status, JSON.parse(made.objects.get(Manifest)!.body)]).toEqual([
      'SUCCEEDED',
      [
        { prefix: 's3://data/captured/' },
        'churn/main/1970/01/05/03/a.jsonl',
        'churn/main/1970/01/05/06/a.jsonl',
        'churn/canary/1970/01/05/06/b.jsonl',
      ],
    ]);
    expect(job.request).toMatchObject({
      ProcessingInputs: [{ S3Input: { S3Uri: Manifest } }],
      Environment: { start_time: '1970-01-05T03:00:00Z', end_time: '1970-01-05T07:00:00Z' },
    });
  });

  test('can have any number of files', async () => {
    const made = new MonitorWorld();
    for (let file = 0; file < 2500; file++) made.capture(98 + (file % 5), `${file}.jsonl`);
    expect(made.filesOf(await made.analyze(101))).toHaveLength(1000);
    expect(made.filesOf(await made.analyze(110))).toHaveLength(1500);
  });

  test('of two days that span a change of the year is complete', async () => {
    const made = new MonitorWorld();
    const first = 365 * 24 - 2;
    await made.analyze(first + 1);
    const files = [first, first + 1, first + 2, first + 3].map((hour) => made.capture(hour));
    expect(made.filesOf(await made.analyze(first + 5))).toEqual(files);
  });

  test('is read by no job if there is none, which is the outcome, and its hours are not analyzed again', async () => {
    const made = new MonitorWorld();
    const { arn, status } = await made.analyze(100);
    expect([status, made.jobs.size, made.reported]).toEqual(['SUCCEEDED', 0, []]);
    expect(made.events.map(({ detail }) => detail)).toEqual([
      {
        ...{ workflowName: 'Retraining', executionArn: arn, outcome: 'NoData' },
        reason: 'No data was captured, from 1969-12-29T03:00:00Z to 1970-01-05T03:00:00Z',
      },
    ]);
    expect(made.metrics).toEqual([{ namespace: 'cdk-sagemaker-algorithm', name: 'NoData' }]);
    made.capture(97);
    expect(made.filesOf(await made.analyze(103))).toBeUndefined();
  });

  test('that the maximum window excludes is named in the outcome', async () => {
    const made = new MonitorWorld({ MaxWindowHours: 2 });
    await made.analyze(100);
    made.capture(100);
    const file = made.capture(107);
    expect(made.filesOf(await made.analyze(109))).toEqual([file]);
    expect(made.events.at(-1)?.detail.reason).toMatch(
      /^0 violations in s3:\S+, from 1970-01-05T10:00:00Z to 1970-01-05T12:00:00Z\. Data that was captured from 1970-01-05T03:00:00Z to 1970-01-05T10:00:00Z was not analyzed: it is older than `maxWindow`$/,
    );
  });

  test('of an execution that failed is analyzed by its redrive, or together with that of the next execution', async () => {
    const made = new MonitorWorld();
    await made.analyze(100);
    const complete = made.onCreated;
    made.onCreated = ({ name }): void => made.at(MINUTE, () => made.end(name, 'Failed', 'out of memory'));
    const first = made.capture(100);
    const failed = await made.analyze(102);
    expect(failed.status).toBe('FAILED');
    made.onCreated = complete;
    const second = made.capture(102);
    expect(made.filesOf(await made.analyze(104))).toEqual([first, second]);
    made.redrive(failed.arn);
    await made.untilIdle();
    expect([made.filesOf(failed), failed.status]).toEqual([[first], 'SUCCEEDED']);
    const third = made.capture(104);
    expect(made.filesOf(await made.analyze(106))).toEqual([third]);
  });

  test('is selected when a list or the manifest fails at first', async () => {
    const made = new MonitorWorld();
    const file = made.capture(98);
    made.errors.push({ call: 'ListObjectsV2', error: new ServiceError('AccessDenied', 'Access Denied', 403) });
    made.errors.push({ call: 'PutObject', error: new ServiceError('InternalError', 'failed', 500) });
    expect(made.filesOf(await made.analyze(101))).toEqual([file]);
  });

  test('is analyzed once by executions that complete, whichever fail or repeat a step', async () => {
    const step = fc.record({ hours: fc.integer({ min: 0, max: 5 }), fails: fc.boolean(), lost: fc.nat({ max: 2 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const made = new MonitorWorld();
        const complete = made.onCreated;
        await made.analyze(100);
        const [captured, analyzed]: [string[], string[]] = [[], []];
        let hour = 100;
        for (const { hours, fails, lost } of [...steps, { hours: 3, fails: false, lost: 0 }]) {
          for (let next = 0; next < hours; next++) captured.push(made.capture(hour + next));
          hour += hours;
          made.onCreated = fails ? ({ name }) => made.at(MINUTE, () => made.end(name, 'Failed')) : complete;
          await made.pass(Math.max(0, hour * HOUR - made.now()));
          made.lostResponses = lost;
          const execution = await made.analyze();
          made.lostResponses = 0;
          if (execution.status === 'SUCCEEDED') analyzed.push(...(made.filesOf(execution) ?? []));
        }
        await made.pass(2 * HOUR);
        made.onCreated = complete;
        analyzed.push(...(made.filesOf(await made.analyze()) ?? []));
        expect(analyzed).toEqual(captured);
      }),
      { numRuns: 30 },
    );
  });
});

describe('The report of a monitoring job', () => {
  const violation = { feature_name: 'age', constraint_check_type: 'baseline_drift_check', description: 'drifted' };

  async function reported(report: Record<string, string>): Promise<MonitorWorld> {
    const made = new MonitorWorld();
    made.capture(98);
    made.report = report;
    await made.analyze(101);
    return made;
  }

  test('is published as metrics, with the number of violations, and is part of the outcome', async () => {
    const made = await reported({
      'constraint_violations.json': JSON.stringify({ violations: [violation, violation] }),
      'metrics.json': '{"drift share": 0.25, "rows": 4}',
    });
    expect(made.reported).toEqual([{ Violations: 2, 'drift share': 0.25, rows: 4 }]);
    const [job] = made.jobs.keys();
    expect(made.events.map(({ detail }) => detail)).toMatchObject([
      {
        ...{ outcome: 'Completed', violations: 2 },
        reason: `2 violations in s3://reports/drift/${job}/report, from 1969-12-29T04:00:00Z to 1970-01-05T04:00:00Z`,
      },
    ]);
    expect(made.metrics.map(({ name }) => name)).toEqual(['Completed']);
  });

  test('can consist of one of the two files', async () => {
    expect((await reported({ 'metrics.json': '{"rows": 4}' })).reported).toEqual([{ Violations: 0, rows: 4 }]);
    const violations = JSON.stringify({ violations: [violation] });
    expect((await reported({ 'constraint_violations.json': violations })).reported).toEqual([{ Violations: 1 }]);
  });

  test.each<[string, Record<string, string>, string]>([
    [
      'is missing',
      {},
      'the container has written neither constraint_violations.json nor metrics.json to `output_path`. Write {"violations": []} if there are none',
    ],
    ['is not JSON', { 'metrics.json': 'rows=4' }, 'metrics.json is not valid JSON: '],
    [
      'has no list of violations',
      { 'constraint_violations.json': '{"violation": 1}' },
      'constraint_violations.json must be an object with the list "violations", got: {"violation":1}',
    ],
    [
      'has metrics in a list',
      { 'metrics.json': '[1]' },
      'metrics.json must be an object of numbers by the names of metrics, got: [1]',
    ],
    [
      'has a metric that is not a number',
      { 'metrics.json': '{"a": NaN, "b": "1"}' },
      'metrics.json: "a" must be a finite number, got: "NaN". Omit a metric without a value; metrics.json: "b" must be a finite number, got: "1"',
    ],
    [
      'has a metric that is infinite',
      { 'metrics.json': '{"a": 1e999}' },
      'metrics.json: "a" must be a finite number, got: Infinity. Omit a metric without a value',
    ],
    [
      'has a metric that CloudWatch rejects',
      { 'metrics.json': '{"a": -1e200, "b": 1e-200}' },
      'metrics.json: "a" must be in the range of CloudWatch, -2^360 to 2^360, got: -1e+200',
    ],
    [
      'has a metric with the name of the number of violations',
      { 'metrics.json': '{"Violations": 1}' },
      'metrics.json must not contain "Violations", which is the number of violations in constraint_violations.json',
    ],
    [
      'has a metric with an invalid name',
      { 'metrics.json': '{":a": 1}' },
      'metrics.json: the name of a metric must have 1 to 255 ASCII characters and not start with ":", got: ":a"',
    ],
    [
      'has too many metrics',
      { 'metrics.json': JSON.stringify(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`m${i}`, i]))) },
      'metrics.json must have at most 999 metrics, got 1000',
    ],
  ])('that %s fails the execution, which publishes nothing and names the reason', async (_, files, reason) => {
    const made = await reported(files);
    const [job] = made.jobs.keys();
    expect([made.outcomes(), made.reported]).toEqual([['Failed'], []]);
    expect(made.events[0].detail.reason).toContain(
      `The report of job ${job} in s3://reports/drift/${job}/report is not valid: ${reason}`,
    );
    made.capture(101);
    made.report = { 'metrics.json': '{}' };
    expect(made.filesOf(await made.analyze(103))).toHaveLength(2);
  });

  test('is read again by an execution that is redriven, after the files were fixed', async () => {
    const made = await reported({});
    const [job] = made.jobs.keys();
    made.objects.set(`s3://reports/drift/${job}/report/metrics.json`, { time: 0, body: '{"rows": 4}' });
    made.redrive([...made.executions.keys()][0]);
    await made.untilIdle();
    expect([made.outcomes(), made.reported, made.jobs.size]).toEqual([
      ['Failed', 'Completed'],
      [{ Violations: 0, rows: 4 }],
      1,
    ]);
  });

  test('of a step that is repeated is published with the same values, and its window is recorded once', async () => {
    const made = new MonitorWorld();
    made.capture(98);
    made.at(100 * HOUR, () => (made.lostResponses = 0));
    made.errors.push({ call: 'PutItem', error: new ServiceError('ProvisionedThroughputExceededException', 'slow') });
    await made.analyze(101);
    expect(made.reported).toEqual([{ Violations: 0 }, { Violations: 0 }]);
    expect(made.outcomes()).toEqual(['Completed']);
  });
});

test('An execution that starts while another one runs is skipped, and its hours are analyzed later', async () => {
  const made = new MonitorWorld(SELECT);
  made.capture(98);
  await made.pass(101 * HOUR);
  made.start();
  await made.pass(MINUTE);
  const second = made.start();
  await made.untilIdle();
  expect(made.outcomes(second)).toEqual(['Skipped']);
});
