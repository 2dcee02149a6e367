import type { ContinuousParameterRange, IntegerParameterRange, ParameterRanges } from '@aws-sdk/client-sagemaker';
import { randomFrom } from '../../../container';
import type { Wire } from '../../wire/record';

type Values = Record<string, string>;

/** Random hyperparameters of one trial. The same trial of the same seed always gets the same values. */
export function draw(ranges: Wire<ParameterRanges>, seed: number, trial: number): Values {
  const { IntegerParameterRanges: integers = [], ContinuousParameterRanges: numbers = [] } = ranges;
  const { CategoricalParameterRanges: categories = [] } = ranges;
  // The first number is skipped: adjacent seeds would give adjacent values.
  const random = randomFrom(Math.imul(seed ^ (trial + 1), 0x9e3779b1));
  random();
  return Object.fromEntries([
    ...integers.map((range) => [range.Name, String(integer(range, random()))]),
    ...numbers.map((range) => [range.Name, String(continuous(range, random()))]),
    ...categories.map(({ Name, Values: all = [] }) => [Name, all[Math.floor(random() * all.length)]]),
  ]) as Values;
}

/** Each integer has the same share of a linear range. */
function integer({ MinValue = '', MaxValue = '', ScalingType }: Wire<IntegerParameterRange>, share: number): number {
  const [min, max] = [Number(MinValue), Number(MaxValue)];
  const value = scaled(min - 0.5, max + 0.5, min > 0 ? ScalingType : 'Linear', share);
  return Math.min(Math.max(Math.round(value), min), max);
}

function continuous(
  { MinValue = '', MaxValue = '', ScalingType }: Wire<ContinuousParameterRange>,
  share: number,
): number {
  return scaled(Number(MinValue), Number(MaxValue), ScalingType, share);
}

/** The combination of values with this index; the last range changes fastest. */
export function combination({ CategoricalParameterRanges: ranges = [] }: Wire<ParameterRanges>, index: number): Values {
  const values: Values = {};
  for (const { Name = '', Values: all = [] } of [...ranges].reverse()) {
    values[Name] = all[index % all.length];
    index = Math.floor(index / all.length);
  }
  return values;
}

/** The number of combinations. */
export function combinations({ CategoricalParameterRanges: ranges = [] }: Wire<ParameterRanges>): number {
  return ranges.reduce((product, { Values: all = [] }) => product * all.length, 1);
}

function scaled(min: number, max: number, type: string | undefined, share: number): number {
  if (type === 'Logarithmic') return Math.exp(Math.log(min) + share * (Math.log(max) - Math.log(min)));
  // Values close to one are the most frequent.
  if (type === 'ReverseLogarithmic') return 1 - Math.exp(Math.log(1 - min) + share * Math.log((1 - max) / (1 - min)));
  return min + share * (max - min);
}
