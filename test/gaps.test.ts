import { findGaps, keyOf } from '../scripts/gaps';
import { REASONS } from '../scripts/gap-reasons';

const { gaps, searched } = findGaps();

test('Every CloudFormation property and every request member is supported or has a written reason', () => {
  expect(gaps.filter((gap) => !(keyOf(gap) in REASONS))).toEqual([]);
});

test('No supported property or member has a reason', () => {
  const used = new Set(gaps.map(keyOf));
  expect(Object.keys(REASONS).filter((key) => !used.has(key))).toEqual([]);
});

test('Gaps are searched in every SageMaker resource and every job request of the library', () => {
  expect(searched).toEqual([
    'Algorithm',
    'CreateAlgorithm',
    'CreateHyperParameterTuningJob',
    'CreateTrainingJob',
    'CreateTransformJob',
    'Endpoint',
    'EndpointConfig',
    'InferenceComponent',
    'Model',
    'ModelPackage',
    'ModelPackageGroup',
  ]);
});
