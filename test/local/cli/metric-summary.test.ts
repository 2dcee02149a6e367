import { metricSummary } from '../../../local/cli/metric-summary';

const losses = [8, 4, 2, 1, 1].map((value) => ({ name: 'train:loss', value }));
const accuracy = { name: 'accuracy', value: 0.5 };

describe('The summary of the metrics of a training job', () => {
  test('has the last value of each metric', () => {
    expect(metricSummary([...losses, accuracy], false)).toEqual(['train:loss = 1', 'accuracy = 0.5']);
  });

  test('has on a terminal also a sparkline of a metric with several values', () => {
    expect(metricSummary([losses[0], accuracy, ...losses.slice(1)], true)).toEqual([
      'train:loss = 1 █▄▂▁▁ (5 values)',
      'accuracy = 0.5',
    ]);
  });

  test('has a sparkline of at most 40 characters, in which many values are averaged', () => {
    const values = Array.from({ length: 1001 }, (_, index) => ({ name: 'm', value: index }));
    const [line] = metricSummary(values, true);
    const [, bars = ''] = /^m = 1000 ([▁▂▃▄▅▆▇█]+) \(1001 values\)$/.exec(line) ?? [];
    expect(bars).toHaveLength(40);
    expect([...bars]).toEqual([...bars].sort());
    expect(bars).toMatch(/^▁.*█$/);
  });

  test.each([
    ['equal values', [2, 2, 2], '▁▁▁'],
    ['negative values', [-1, 0, 1], '▁▅█'],
    ['a value that is infinite, which is left out', [1, Infinity, 2], '▁█'],
  ])('has a sparkline of %s', (_, values, bars) => {
    const [line] = metricSummary(
      values.map((value) => ({ name: 'm', value })),
      true,
    );
    expect(line).toBe(`m = ${values.at(-1)} ${bars} (${values.length} values)`);
  });
});
