import * as fc from 'fast-check';
import type { Gate } from '../../../lib/handlers/workflow-contract';
import { reportedMetric } from '../../../lib/handlers/workflow/evaluate';
import { decide } from '../../../lib/handlers/workflow/gate';
import { decimalOf } from '../../../lib/handlers/shared/decimal';

const GATE: Gate = { Metric: 'auc', ObjectiveType: 'Maximize', Tolerance: 0, BaselineGroup: 'churn' };
const baseline = (metric?: number): { arn: string; metric?: number } => ({ arn: 'arn:2', metric });
const accepts = (gate: Partial<Gate>, metric: number, than?: number): boolean =>
  decide({ ...GATE, ...gate }, metric, than === undefined ? undefined : baseline(than)).isAccepted;

const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
const gate = fc.record({
  Threshold: fc.option(number, { nil: undefined }),
  Tolerance: fc.double({ noNaN: true, min: 0, max: 100 }),
  ObjectiveType: fc.constantFrom('Maximize' as const, 'Minimize' as const),
});

describe('The gate', () => {
  test('never rejects a metric if it accepts a worse one', () => {
    fc.assert(
      fc.property(gate, number, number, fc.option(number, { nil: undefined }), (settings, a, b, than) => {
        const [worse, better] =
          settings.ObjectiveType === 'Maximize' ? [a, b].sort((x, y) => x - y) : [a, b].sort((x, y) => y - x);
        return !accepts(settings, worse, than) || accepts(settings, better, than);
      }),
      { numRuns: 2000 },
    );
  });

  test('decides about a metric to minimize as about the negative metric to maximize', () => {
    fc.assert(
      fc.property(gate, number, fc.option(number, { nil: undefined }), ({ Threshold, Tolerance }, metric, than) => {
        const negative = (value?: number): number | undefined => (value === undefined ? undefined : -value);
        return (
          accepts({ ObjectiveType: 'Maximize', Threshold, Tolerance }, metric, than) ===
          accepts({ ObjectiveType: 'Minimize', Threshold: negative(Threshold), Tolerance }, -metric, negative(than))
        );
      }),
      { numRuns: 2000 },
    );
  });

  test('accepts a metric that equals the threshold and the metric of the baseline', () => {
    fc.assert(
      fc.property(gate, number, (settings, metric) => accepts({ ...settings, Threshold: metric }, metric, metric)),
    );
  });

  test.each([
    ['Maximize', 0.9, 0.3, 0.6],
    ['Maximize', 0.85, 0.05, 0.8],
    ['Minimize', 0.7, 0.1, 0.8],
    ['Minimize', 0.1, 0.2, 0.3],
  ] as const)(
    'to %s accepts the worst decimal that the tolerance allows: %d with tolerance %d allows %d',
    (ObjectiveType, than, Tolerance, metric) => {
      expect(accepts({ ObjectiveType, Tolerance }, metric, than)).toBe(true);
      const worse = metric + (ObjectiveType === 'Maximize' ? -1e-6 : 1e-6);
      expect(accepts({ ObjectiveType, Tolerance }, worse, than)).toBe(false);
    },
  );

  test.each([NaN, Infinity, -Infinity])('rejects the metric %d, whatever the limits are', (metric) => {
    fc.assert(
      fc.property(gate, fc.option(number, { nil: undefined }), (settings, than) => !accepts(settings, metric, than)),
    );
  });

  test.each([undefined, NaN, Infinity])(
    'does not compare with a baseline whose metric is %p, and reports it',
    (metric) => {
      const { isAccepted, reason } = decide(GATE, 0.1, baseline(metric));
      expect(isAccepted).toBe(true);
      expect(reason).toBe(
        'auc is 0.1. It was compared with no version: the newest approved version arn:2 was registered without auc',
      );
    },
  );

  test('accepts every finite metric that reaches the threshold while no version is approved, and reports that', () => {
    fc.assert(
      fc.property(gate, number, (settings, metric) => {
        const { Threshold, ObjectiveType } = settings;
        const isBetter = ObjectiveType === 'Maximize' ? metric >= Threshold! : metric <= Threshold!;
        const { isAccepted, reason } = decide({ ...GATE, ...settings }, metric);
        return (
          isAccepted === (Threshold === undefined || isBetter) &&
          isAccepted === reason.includes('compared with no version: none is approved')
        );
      }),
    );
  });

  test('rejects a metric below the threshold even if it is better than the baseline, and reports the threshold', () => {
    expect(decide({ ...GATE, Threshold: 0.8 }, 0.7, baseline(0.6))).toEqual({
      isAccepted: false,
      reason: 'auc is 0.7, but must be at least 0.8',
    });
    expect(decide({ ...GATE, ObjectiveType: 'Minimize', Threshold: 0.8 }, 0.9).reason).toBe(
      'auc is 0.9, but must be at most 0.8',
    );
  });

  test('reports both metrics of a rejected model', () => {
    expect(decide({ ...GATE, Tolerance: 0.01 }, 0.7, baseline(0.9)).reason).toBe(
      'auc is 0.7, but the newest approved version arn:2 has 0.9 (tolerance 0.01)',
    );
  });
});

describe('A report', () => {
  const read = (text: string, path = 'metrics.auc.value'): number =>
    reportedMetric(path, 's3://b/evaluation.json', text);

  test.each([
    ['a number', '{"metrics":{"auc":{"value":0.9}}}', 0.9],
    ['a byte order mark', '\uFEFF{"metrics":{"auc":{"value":0.9}}}', 0.9],
    ['a number as text', '{"metrics":{"auc":{"value":" 0.9 "}}}', 0.9],
    ['NaN', '{"metrics":{"auc":{"value": NaN}}}', NaN],
    ['NaN as text', '{"metrics":{"auc":{"value":"NaN"}}}', NaN],
    ['Infinity', '{"metrics":{"auc":{"value":Infinity}}}', Infinity],
    ['-Infinity', '{"metrics":{"auc":{"value":-Infinity}}}', -Infinity],
    [
      'NaN in other members and in text',
      '{"log":"a: NaN, \\"b\\": NaN, c","x":[NaN,NaN],"metrics":{"auc":{"value":0.9}}}',
      0.9,
    ],
  ])('with %s has the metric', (_, text, expected) => {
    expect(read(text)).toBe(expected);
  });

  test.each([
    ['is not JSON', 'auc=0.9', 's3://b/evaluation.json is not JSON: '],
    ['is empty', '', 's3://b/evaluation.json is not JSON: '],
    [
      'lacks the path',
      '{"metrics":{}}',
      's3://b/evaluation.json must have a number at metrics.auc.value, got: nothing',
    ],
    ['is null', 'null', 'must have a number at metrics.auc.value, got: nothing'],
    ['has an object at the path', '{"metrics":{"auc":{"value":{}}}}', 'got: {}'],
    ['has other text at the path', '{"metrics":{"auc":{"value":"good"}}}', 'got: "good"'],
    ['has empty text at the path', '{"metrics":{"auc":{"value":""}}}', 'got: ""'],
    ['has a Boolean at the path', '{"metrics":{"auc":{"value":true}}}', 'got: true'],
  ])('that %s fails the evaluation with a reason', (_, text, message) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({
        name: 'EvaluationFailed',
        message: expect.stringContaining(message) as unknown,
      }) as Error,
    );
  });

  test('can have a path that starts at its root', () => {
    expect(read('{"metrics":{"auc":{"value":0.9}}}', '$.metrics.auc.value')).toBe(0.9);
  });

  test('has no members that objects inherit', () => {
    expect(() => read('{"metrics":"text"}', 'metrics.length')).toThrow('got: nothing');
  });
});

test('A metric of a training job is the decimal that its container has logged, although SageMaker stores single precision', () => {
  expect(decimalOf(Math.fround(0.9))).toBe(0.9);
  expect(decimalOf(0.123456789012)).toBe(0.123456789012);
  expect([0, 1, -0.5, NaN, Infinity].map(decimalOf)).toEqual([0, 1, -0.5, NaN, Infinity]);
  fc.assert(fc.property(fc.float({ noNaN: true }), (value) => Math.fround(decimalOf(value)) === value));
});
