import * as grants from '../../lib/private/grants';

/** All actions in the lists of the file, including those that functions return. */
function actionsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'function') return actionsIn((value as (...noun: string[]) => unknown)('TrainingJob', 'Stop'));
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(actionsIn) : [];
}

const { PASSED_TO_SAGEMAKER, calledByFunction, onBehalfOf, onBehalfOfResource, withPrefix: _, ...lists } = grants;

test.each([...new Set(actionsIn(lists))])(
  'The granted action %s is a single operation without a wildcard',
  (action) => {
    expect(action).toMatch(/^[a-z0-9]+:[A-Z][A-Za-z0-9]+$/);
  },
);

test('Permission to create a job includes adding tags, and is limited to the kind of job', () => {
  expect(grants.JOB.create('TrainingJob')).toEqual(['sagemaker:CreateTrainingJob', 'sagemaker:AddTags']);
  expect(grants.JOB.watch('Algorithm', 'Delete')).toEqual(['sagemaker:DescribeAlgorithm', 'sagemaker:DeleteAlgorithm']);
});

test('A role can only be passed to SageMaker', () => {
  expect(PASSED_TO_SAGEMAKER).toEqual({ StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } });
});
