import { readFileSync } from 'node:fs';
import { COVERAGE, findGaps, gapRows, keyOf } from '../scripts/gaps';
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
    'CreateProcessingJob',
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

test('docs/coverage.md lists every gap with its reason: `npm run gaps -- --write` writes it', () => {
  const lines = readFileSync(COVERAGE, 'utf8').split('\n');
  const table = lines.slice(lines.findIndex((line) => line.startsWith('| member')) + 2).filter((line) => line !== '');
  expect(table.map((line) => line.replace(/ +/g, ' '))).toEqual(gapRows());
});
