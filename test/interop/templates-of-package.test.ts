// The files of `dist` that are loaded when they are used, in place of the sources, which the unit tests use.
import type * as cdk from 'aws-cdk-lib';
import type * as continuous from '../continuous-fixtures';
import type * as features from '../features';
import type * as jobs from '../jobs';

const PACKAGED = '../../dist/index.js';

/** The templates of everything that the library creates, by the names of their stacks. */
function templates(): Record<string, unknown> {
  let all: Record<string, unknown> = {};
  jest.isolateModules(() => {
    const { App, Stack } = jest.requireActual<typeof cdk>('aws-cdk-lib');
    const { FEATURES } = jest.requireActual<typeof features>('../features');
    const { JOBS } = jest.requireActual<typeof jobs>('../jobs');
    const { CONTINUOUS_LIFECYCLE } = jest.requireActual<typeof continuous>('../continuous-fixtures');
    const makes = [
      ...Object.values(FEATURES).map(({ make }) => make),
      ...Object.values(JOBS).flatMap(({ make }) => Object.values(make)),
      ...CONTINUOUS_LIFECYCLE,
    ];
    const app = new App();
    makes.forEach((make, index) => make(new Stack(app, `Stack${index}`)));
    all = Object.fromEntries(app.synth().stacks.map((stack) => [stack.stackName, stack.template]));
  });
  return all;
}

test('The packaged library creates the same templates as its sources, from each of its files', () => {
  const expected = templates();
  jest.doMock('../../lib', () => jest.requireActual<object>(PACKAGED));
  expect(Object.keys(expected).length).toBeGreaterThan(100);
  expect(templates()).toEqual(expected);
});
