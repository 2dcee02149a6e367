import { Readable } from 'node:stream';
import { serving } from '../../fake-engine';
import { OUTPUT, RESOURCES, ROLE, STOPPING, controlPlane, trainingJob } from './control-plane';

const GPU = { ...RESOURCES, InstanceType: 'ml.g5.xlarge' };
const NOTE =
  'ml.g5.xlarge has GPUs, but the local service runs its containers on the CPU. Start the service with --gpus to use the GPUs of this machine.';

const program = serving(({ spec }) =>
  spec.command.includes('serve') ? { listener: (_, response) => void response.end() } : 0,
);

/** A service with the GPUs of the machine. */
function plane(gpus: boolean, hasGpus: boolean): ReturnType<typeof controlPlane> & { readonly warnings: string[] } {
  const warnings: string[] = [];
  const started = controlPlane(program, { gpus, onStartUpLog: (line) => warnings.push(line) });
  started.engine.hasGpus = hasGpus;
  return { ...started, warnings };
}

type Plane = ReturnType<typeof plane>;

const JOBS: [string, (plane: Plane, type: string) => void, string][] = [
  [
    'training',
    ({ call }, InstanceType) =>
      call('CreateTrainingJob', { ...trainingJob('job'), ResourceConfig: { ...RESOURCES, InstanceType } }),
    'DescribeTrainingJob',
  ],
  [
    'heterogeneous training',
    ({ call }, InstanceType) => {
      const types = ['ml.m5.large', InstanceType];
      const InstanceGroups = types.map((type, index) => ({
        InstanceGroupName: `group-${index}`,
        InstanceType: type,
        InstanceCount: 1,
      }));
      call('CreateTrainingJob', { ...trainingJob('job'), ResourceConfig: { InstanceGroups, VolumeSizeInGB: 1 } });
    },
    'DescribeTrainingJob',
  ],
  [
    'processing',
    ({ call }, InstanceType) =>
      call('CreateProcessingJob', {
        ProcessingJobName: 'job',
        RoleArn: ROLE,
        AppSpecification: { ImageUri: 'churn:1' },
        ProcessingResources: { ClusterConfig: { ...RESOURCES, InstanceType } },
        StoppingCondition: STOPPING,
      }),
    'DescribeProcessingJob',
  ],
  [
    'transform',
    ({ call }, InstanceType) => {
      call('CreateModel', { ModelName: 'model', PrimaryContainer: { Image: 'churn:1' } });
      call('CreateTransformJob', {
        TransformJobName: 'job',
        ModelName: 'model',
        TransformInput: { DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://data/in/' } } },
        TransformOutput: OUTPUT,
        TransformResources: { InstanceType, InstanceCount: 1 },
      });
    },
    'DescribeTransformJob',
  ],
];

/** Runs a job, and returns its description. */
async function ended(service: Plane, [, create, describe]: (typeof JOBS)[number], type: string): Promise<object> {
  await service.s3.put('data', 'in/rows.csv', Readable.from(['1']));
  create(service, type);
  await service.changes.ended('job');
  const key = describe.replace('Describe', '') + 'Name';
  return service.call(describe, { [key]: 'job' }) as object;
}

describe.each(JOBS)('A %s job on instances with GPUs', (...job) => {
  const logOf = ({ logs }: Plane): string[] => logs.of('job').map(({ event }) => event.message);

  test('runs on the CPU by default, which its log and a warning of the service state', async () => {
    const service = plane(false, true);
    await ended(service, job, GPU.InstanceType);
    expect(service.changes.all).toEqual(['job InProgress', 'job Completed']);
    expect(logOf(service)).toEqual([NOTE]);
    expect(service.warnings).toEqual([`warning: ${NOTE}`]);
    expect(service.engine.history.every(({ gpus }) => gpus === false)).toBe(true);
  });

  test('has the GPUs of the machine when the service is started with --gpus', async () => {
    const service = plane(true, true);
    await ended(service, job, GPU.InstanceType);
    expect(service.changes.all).toEqual(['job InProgress', 'job Completed']);
    expect(service.engine.history.every(({ gpus }) => gpus === true)).toBe(true);
    expect([logOf(service), service.warnings]).toEqual([[], []]);
  });

  test('fails with the reason when the service is started with --gpus and the engine offers none', async () => {
    const service = plane(true, false);
    const description = await ended(service, job, GPU.InstanceType);
    expect(service.changes.all).toEqual(['job InProgress', 'job Failed']);
    expect(description).toMatchObject({
      FailureReason: expect.stringContaining('The container engine offers no GPU.') as string,
    });
  });

  test('on another instance type has no GPUs, also when the service is started with --gpus', async () => {
    const service = plane(true, true);
    await ended(service, job, 'ml.m5.large');
    expect(service.engine.history.every(({ gpus }) => gpus === false)).toBe(true);
    expect([logOf(service), service.warnings]).toEqual([[], []]);
  });
});

test('The service warns once about several jobs on the same instance type', async () => {
  const service = plane(false, false);
  for (const name of ['one', 'two']) {
    service.call('CreateTrainingJob', { ...trainingJob(name), ResourceConfig: GPU });
    await service.changes.ended(name);
  }
  expect(service.warnings).toEqual([`warning: ${NOTE}`]);
  expect(['one', 'two'].map((name) => service.logs.of(name).length)).toEqual([1, 1]);
});
