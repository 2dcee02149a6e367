import * as fc from 'fast-check';
import { combination, combinations, draw } from '../../../../../local/services/sagemaker/tuning-job/search';

type Scaling = 'Linear' | 'Logarithmic' | 'ReverseLogarithmic';

describe('The hyperparameters of a trial', () => {
  test('are within their ranges, and the same for the same seed and trial', () => {
    const bounds = fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 0, max: 1000 }));
    const scaling = fc.constantFrom<Scaling>('Linear', 'Logarithmic');
    fc.assert(
      fc.property(bounds, scaling, fc.nat(), fc.nat({ max: 500 }), ([min, more], ScalingType, seed, trial) => {
        const MaxValue = String(min + more);
        const ranges = {
          IntegerParameterRanges: [{ Name: 'depth', MinValue: String(min), MaxValue, ScalingType }],
          ContinuousParameterRanges: [{ Name: 'rate', MinValue: String(min), MaxValue, ScalingType }],
          CategoricalParameterRanges: [{ Name: 'kind', Values: ['a', 'b'] }],
        };
        const values = draw(ranges, seed, trial);
        expect(draw(ranges, seed, trial)).toEqual(values);
        expect(Number.isInteger(Number(values.depth))).toBe(true);
        for (const name of ['depth', 'rate']) {
          expect(Number(values[name])).toBeGreaterThanOrEqual(min - 1e-6);
          expect(Number(values[name])).toBeLessThanOrEqual(min + more + 1e-6);
        }
        expect(['a', 'b']).toContain(values.kind);
      }),
    );
  });

  test.each<[Scaling, number, number]>([
    ['Linear', 0.0001, 0.9999],
    ['Logarithmic', 0.0001, 0.9999],
    ['ReverseLogarithmic', 0, 0.9999],
  ])('are distributed over the whole range with %s scaling', (ScalingType, MinValue, MaxValue) => {
    const range = { Name: 'rate', MinValue: String(MinValue), MaxValue: String(MaxValue), ScalingType };
    const values = Array.from({ length: 200 }, (_, trial) =>
      Number(draw({ ContinuousParameterRanges: [range] }, 7, trial).rate),
    );
    const median = values.sort((a, b) => a - b)[100];
    const expected = { Linear: 0.5, Logarithmic: 0.01, ReverseLogarithmic: 0.99 }[ScalingType];
    expect(new Set(values).size).toBe(200);
    expect(Math.abs(Math.log((median / expected) * ((1 - expected) / (1 - median))))).toBeLessThan(1.5);
  });

  test('of a grid search are all combinations, each once', () => {
    const CategoricalParameterRanges = [
      { Name: 'a', Values: ['1', '2'] },
      { Name: 'b', Values: ['x', 'y', 'z'] },
    ];
    const all = Array.from({ length: combinations({ CategoricalParameterRanges }) }, (_, index) =>
      combination({ CategoricalParameterRanges }, index),
    );
    expect(all.map(({ a, b }) => a + b)).toEqual(['1x', '1y', '1z', '2x', '2y', '2z']);
  });
});
