import type { ParameterRanges } from '@aws-sdk/client-sagemaker';
import { randomFrom } from '../../container';
import type { Wire } from '../wire/record';

type Values = Record<string, string>;

/** The hyperparameters of one trial, drawn from the ranges; the same trial of the same seed always gets the same. */
export function draw(ranges: Wire<ParameterRanges>, seed: number, trial: number): Values {
  // Neighbouring seeds must not give neighbouring draws: the first numbers are left out.
  const random = randomFrom(Math.imul(seed ^ (trial + 1), 0x9e3779b1));
  random();
  const values: Values = {};
  for (const { Name = '', MinValue = '', MaxValue = '', ScalingType } of ranges.IntegerParameterRanges ?? []) {
    const [min, max] = [Number(MinValue), Number(MaxValue)];
    // Each whole number has the same share of a linear range.
    const value = scaled(min - 0.5, max + 0.5, min > 0 ? ScalingType : 'Linear', random());
    values[Name] = String(Math.min(Math.max(Math.round(value), min), max));
  }
  for (const { Name = '', MinValue = '', MaxValue = '', ScalingType } of ranges.ContinuousParameterRanges ?? []) {
    values[Name] = String(scaled(Number(MinValue), Number(MaxValue), ScalingType, random()));
  }
  for (const { Name = '', Values: all = [] } of ranges.CategoricalParameterRanges ?? []) {
    values[Name] = all[Math.floor(random() * all.length)];
  }
  return values;
}

/** One of all combinations of the values, the last range changing fastest. */
export function combination({ CategoricalParameterRanges: ranges = [] }: Wire<ParameterRanges>, index: number): Values {
  const values: Values = {};
  for (const { Name = '', Values: all = [] } of [...ranges].reverse()) {
    values[Name] = all[index % all.length];
    index = Math.floor(index / all.length);
  }
  return values;
}

export function combinations({ CategoricalParameterRanges: ranges = [] }: Wire<ParameterRanges>): number {
  return ranges.reduce((product, { Values: all = [] }) => product * all.length, 1);
}

export function namesOf(ranges: Wire<ParameterRanges>): string[] {
  return Object.values(ranges)
    .flatMap((list) => (list ?? []) as { Name?: string }[])
    .map(({ Name = '' }) => Name);
}

function scaled(min: number, max: number, type: string | undefined, share: number): number {
  if (type === 'Logarithmic') return Math.exp(Math.log(min) + share * (Math.log(max) - Math.log(min)));
  // Dense where values are close to one.
  if (type === 'ReverseLogarithmic') return 1 - Math.exp(Math.log(1 - min) + share * Math.log((1 - max) / (1 - min)));
  return min + share * (max - min);
}
