import * as fc from 'fast-check';
import type { SmokeTestProperties } from '../../../lib/handlers/smoke-test-contract';
import { isSmokeTestFailure } from '../../../lib/handlers/shared/smoke-test-reason';
import { Simulation, deliver, modelError, perform, properties, serviceError } from './simulation';

let simulation: Simulation;
beforeEach(() => {
  simulation = new Simulation();
});

const SUCCESS = { Status: 'SUCCESS', PhysicalResourceId: 'SmokeTest' };
const WRONG = '{"predictions":[0.1]}';

/** An Update event from other properties to the current ones. */
const update = (old: Partial<SmokeTestProperties>): Parameters<typeof deliver>[1] => ({
  RequestType: 'Update',
  PhysicalResourceId: 'SmokeTest',
  OldResourceProperties: { ...properties(), ...old },
});

describe('The handler of smoke tests', () => {
  test('invokes the endpoint for a Create event, and succeeds when the response meets the expectations', async () => {
    expect(await deliver(simulation)).toMatchObject(SUCCESS);
    expect(simulation.invocations).toEqual([
      expect.objectContaining({ EndpointName: 'churn', ContentType: 'text/csv', Body: Buffer.from('1,2,3') }),
    ]);
  });

  test.each([
    ['version', { ModelPackageArns: ['arn:1'] }],
    ['endpoint configuration', { EndpointConfigName: 'config-1' }],
    ['test', { Test: properties({ Body: '4' }).Test }],
    ['endpoint', { EndpointName: 'other' }],
    ['specification of an inference component', { Specification: '{}' }],
  ])('fails an Update event with another %s when the response does not meet the expectations', async (_, old) => {
    simulation.replies = [WRONG];
    const { Status, Reason, PhysicalResourceId } = await deliver(simulation, update(old));
    expect([Status, PhysicalResourceId]).toEqual(['FAILED', 'SmokeTest']);
    expect(isSmokeTestFailure(String(Reason))).toBe(true);
    expect(Reason).toBe(
      `Smoke test failed: endpoint churn responded with status 200 and "${WRONG}". $.predictions[0]: expected 0.98 ± 0.05, got 0.1. ` +
        'Logs: log group /aws/sagemaker/Endpoints/churn.',
    );
  });

  test('does not invoke the endpoint for an Update event that changes neither version, configuration nor test', async () => {
    simulation.replies = [WRONG];
    const event = {
      ...update({}),
      ResourceProperties: { ...properties(), ServiceTimeout: '961' } as SmokeTestProperties,
    };
    expect(await deliver(simulation, event)).toMatchObject(SUCCESS);
    expect(simulation.invocations).toEqual([]);
  });

  test.each(['UPDATE_ROLLBACK_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS'])(
    'succeeds without a test for an Update event while the stack is in %s',
    async (status) => {
      simulation.stackStatus = status;
      simulation.replies = [WRONG];
      expect(await deliver(simulation, update({ ModelPackageArns: ['arn:1'] }))).toMatchObject(SUCCESS);
      expect(simulation.invocations).toEqual([]);
    },
  );

  test('succeeds without a test for every Delete event', async () => {
    simulation.replies = [WRONG];
    expect(await deliver(simulation, { RequestType: 'Delete', PhysicalResourceId: 'SmokeTest' })).toMatchObject(
      SUCCESS,
    );
    expect(simulation.invocations).toEqual([]);
  });

  test('performs the test when the status of the stack cannot be read', async () => {
    simulation.errors.set('DescribeStacksCommand', Array<Error>(99).fill(serviceError('AccessDenied')));
    simulation.replies = [WRONG];
    const { Reason } = await deliver(simulation, update({ ModelPackageArns: ['arn:1'] }));
    expect(isSmokeTestFailure(String(Reason))).toBe(true);
  });

  test('never tests or fails in a rollback, after a Delete event or without a change, whatever the order of events is', async () => {
    const version = fc.constantFrom('arn:1', 'arn:2');
    const events = fc.array(
      fc.record({
        RequestType: fc.constantFrom('Create', 'Update', 'Delete'),
        from: version,
        to: version,
        stackStatus: fc.constantFrom('UPDATE_IN_PROGRESS', 'UPDATE_ROLLBACK_IN_PROGRESS'),
      }),
      { maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(events, async (sequence) => {
        const one = new Simulation();
        one.replies = [WRONG];
        for (const { RequestType, from, to, stackStatus } of sequence) {
          one.stackStatus = stackStatus;
          const response = await deliver(one, {
            RequestType: RequestType as 'Create',
            ResourceProperties: properties({}, { ModelPackageArns: [to] }),
            OldResourceProperties: RequestType === 'Update' ? properties({}, { ModelPackageArns: [from] }) : undefined,
          });
          const isTested =
            RequestType === 'Create' ||
            (RequestType === 'Update' && from !== to && stackStatus === 'UPDATE_IN_PROGRESS');
          expect(response).toMatchObject({
            Status: isTested ? 'FAILED' : 'SUCCESS',
            PhysicalResourceId: 'SmokeTest',
          });
          expect(one.invocations.splice(0).length > 0).toBe(isTested);
        }
      }),
    );
  });
});

describe('A smoke test', () => {
  test('waits until the endpoint has the deployed configuration and is in service', async () => {
    simulation.updatedAt = 60_000;
    expect(await deliver(simulation)).toMatchObject(SUCCESS);
    expect(simulation.now()).toBeGreaterThanOrEqual(60_000);
  });

  test('is not performed on an endpoint that does not get in service, with a reason that is not about the version', async () => {
    simulation.status = 'Updating';
    const { Status, Reason } = await deliver(simulation);
    expect(Status).toBe('FAILED');
    expect(Reason).toBe('Smoke test not performed: churn has status Updating with endpoint configuration config-2.');
    expect(isSmokeTestFailure(String(Reason))).toBe(false);
    expect(simulation.invocations).toEqual([]);
  });

  test('is not performed on an endpoint with another configuration', async () => {
    simulation.configName = 'config-3';
    const { Reason } = await deliver(simulation);
    expect(Reason).toBe(
      'Smoke test not performed: churn has status InService with endpoint configuration config-3, expected config-2.',
    );
  });

  test('invokes each of several variants, and names the one that fails', async () => {
    simulation.replies = ['{"predictions":[0.97]}', WRONG];
    const { Reason } = await perform(simulation, { TargetVariants: ['a', 'b'] });
    expect(simulation.invocations.map(({ TargetVariant }) => TargetVariant)).toEqual(['a', 'b']);
    expect(Reason).toContain('endpoint churn, variant b responded');
  });

  test('invokes an inference component by its name', async () => {
    const ResourceProperties = properties({}, { InferenceComponentName: 'small', EndpointConfigName: undefined });
    expect(await deliver(simulation, { ResourceProperties })).toMatchObject(SUCCESS);
    expect(simulation.invocations).toMatchObject([{ InferenceComponentName: 'small' }]);
    simulation.replies = [WRONG];
    const { Reason } = await deliver(simulation, { ResourceProperties });
    expect(Reason).toContain('inference component small responded');
    expect(Reason).toContain('log group /aws/sagemaker/InferenceComponents/small');
  });

  test('sends a body that is an object in Amazon S3', async () => {
    simulation.objects.set('assets/a/b.png', 'image');
    await perform(simulation, { Body: undefined, BodyUri: 's3://assets/a/b.png' });
    expect(simulation.invocations).toMatchObject([{ Body: Buffer.from('image') }]);
  });

  test.each([
    serviceError('ThrottlingException', 'Rate exceeded', 400),
    serviceError('AccessDeniedException', 'not authorized to perform: sagemaker:InvokeEndpoint', 403),
    serviceError('ValidationError', 'Endpoint churn of account 111122223333 not found.', 400),
    serviceError('ModelNotReadyException', 'Model is not ready', 429),
    serviceError('ServiceUnavailable', 'busy', 503),
  ])('is repeated after an error that disappears ($name)', async (error) => {
    simulation.errors.set('InvokeEndpointCommand', [error, error, error, error]);
    expect(await deliver(simulation)).toMatchObject(SUCCESS);
  });

  test('is not performed when the service does not invoke the container, with a reason that is not about the version', async () => {
    simulation.errors.set(
      'InvokeEndpointCommand',
      Array<Error>(999).fill(serviceError('ThrottlingException', 'Rate exceeded')),
    );
    const { Reason } = await deliver(simulation);
    expect(Reason).toBe('Smoke test not performed: ThrottlingException of endpoint churn: Rate exceeded');
    expect(isSmokeTestFailure(String(Reason))).toBe(false);
  });

  test.each([modelError(500, 'starting'), serviceError('TimeoutError', 'The operation was aborted')])(
    'is repeated when the container fails once ($name)',
    async (error) => {
      simulation.replies = [error, error, '{"predictions":[0.97]}'];
      expect(await deliver(simulation)).toMatchObject(SUCCESS);
    },
  );

  test.each([
    [
      'status 500',
      modelError(500, 'boom'),
      3,
      'responded with status 500 and "boom". Expected a status of 200 to 299, got 500',
    ],
    [
      'status 400',
      modelError(400, 'bad'),
      1,
      'responded with status 400 and "bad". Expected a status of 200 to 299, got 400',
    ],
    ['no response', serviceError('AbortError'), 3, 'did not respond. A response was expected within 60 s'],
  ])('fails when the container always fails (%s)', async (_, error, attempts, reason) => {
    simulation.replies = [error];
    const { Reason } = await deliver(simulation);
    expect(Reason).toContain(`Smoke test failed: endpoint churn ${reason}`);
    expect(simulation.invocations).toHaveLength(attempts);
  });

  test('truncates a long body, so that the reason contains the expectation', async () => {
    simulation.replies = [`"${'x'.repeat(100_000)}"`];
    const { Reason } = await deliver(simulation);
    expect(Reason).toContain('expected 0.98 ± 0.05, got no value. Logs:');
    expect(String(Reason).length).toBeLessThan(2500);
  });
});
