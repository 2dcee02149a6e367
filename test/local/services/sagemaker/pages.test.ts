import { Readable } from 'node:stream';
import api from '../../../../local/aws-model/api.json';
import { OUTPUT, RESOURCES, ROLE, STOPPING, controlPlane, trainingJob } from './control-plane';

type ControlPlane = ReturnType<typeof controlPlane>;
type Item = Record<string, unknown>;

const SHAPES = api.shapes as unknown as Record<string, { members: Record<string, string>; values?: string[] }>;

const GROUP = { ModelPackageGroupName: 'group' };
const SPECIFICATION = {
  Containers: [{ Image: 'churn:1' }],
  SupportedContentTypes: ['text/csv'],
  SupportedResponseMIMETypes: ['text/csv'],
};

/** Creates two resources of each kind, and waits for their jobs. The second one has the name that comes first. */
async function createAll({ call, changes, s3 }: ControlPlane): Promise<void> {
  await s3.put('data', 'in/a.csv', Readable.from(['1']));
  await createEndpointForComponents({ call, changes });
  for (const name of ['beta', 'alpha']) {
    call('CreateAlgorithm', {
      AlgorithmName: name,
      TrainingSpecification: {
        TrainingImage: 'churn:1',
        SupportedTrainingInstanceTypes: ['ml.m5.large'],
        TrainingChannels: [{ Name: 'train', SupportedContentTypes: ['text/csv'], SupportedInputModes: ['File'] }],
      },
    });
    call('CreateModel', { ModelName: name, PrimaryContainer: { Image: 'churn:1' } });
    call('CreateEndpointConfig', {
      EndpointConfigName: name,
      ProductionVariants: [{ VariantName: 'a', ModelName: name, InstanceType: 'ml.m5.large', InitialInstanceCount: 1 }],
    });
    call('CreateEndpoint', { EndpointName: name, EndpointConfigName: name });
    call('CreateInferenceComponent', {
      InferenceComponentName: name,
      EndpointName: 'components',
      VariantName: 'a',
      Specification: { ModelName: name, ComputeResourceRequirements: { MinMemoryRequiredInMb: 128 } },
      RuntimeConfig: { CopyCount: 0 },
    });
    call('CreateModelPackageGroup', { ModelPackageGroupName: name });
    call('CreateModelPackage', { ModelPackageName: name, InferenceSpecification: SPECIFICATION });
    call('CreateTrainingJob', trainingJob(name));
    await changes.until(`${name} Completed`);
    call('CreateTransformJob', {
      TransformJobName: name,
      ModelName: name,
      TransformInput: { DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://data/in/' } } },
      TransformOutput: OUTPUT,
      TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
    });
    call('StopTransformJob', { TransformJobName: name });
    call('CreateProcessingJob', {
      ProcessingJobName: name,
      AppSpecification: { ImageUri: 'churn:1' },
      ProcessingResources: {
        ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 },
      },
      RoleArn: ROLE,
    });
    const processing = (): Item => call('DescribeProcessingJob', { ProcessingJobName: name }) as Item;
    while (processing().ProcessingJobStatus === 'InProgress') await new Promise((resolve) => setImmediate(resolve));
    call('CreateHyperParameterTuningJob', {
      HyperParameterTuningJobName: name,
      HyperParameterTuningJobConfig: {
        Strategy: 'Random',
        HyperParameterTuningJobObjective: { Type: 'Minimize', MetricName: 'loss' },
        ResourceLimits: { MaxNumberOfTrainingJobs: 2, MaxParallelTrainingJobs: 1 },
        ParameterRanges: { IntegerParameterRanges: [{ Name: 'depth', MinValue: '1', MaxValue: '5' }] },
      },
      TrainingJobDefinition: {
        AlgorithmSpecification: {
          TrainingImage: 'churn:1',
          TrainingInputMode: 'File',
          MetricDefinitions: [{ Name: 'loss', Regex: 'loss=(.*?);' }],
        },
        RoleArn: ROLE,
        OutputDataConfig: OUTPUT,
        ResourceConfig: RESOURCES,
        StoppingCondition: STOPPING,
      },
    });
    while (statusOf(call, name) === 'InProgress') await new Promise((resolve) => setImmediate(resolve));
  }
  call('CreateModelPackageGroup', GROUP);
  for (const ModelApprovalStatus of ['Approved', 'PendingManualApproval']) {
    call('CreateModelPackage', { ...GROUP, ModelApprovalStatus, InferenceSpecification: SPECIFICATION });
  }
}

async function createEndpointForComponents({ call, changes }: Pick<ControlPlane, 'call' | 'changes'>): Promise<void> {
  call('CreateEndpointConfig', {
    EndpointConfigName: 'components',
    ExecutionRoleArn: ROLE,
    ProductionVariants: [{ VariantName: 'a', InstanceType: 'ml.m5.large', InitialInstanceCount: 1 }],
  });
  call('CreateEndpoint', { EndpointName: 'components', EndpointConfigName: 'components' });
  await changes.until('components InService');
}

function statusOf(call: ControlPlane['call'], HyperParameterTuningJobName: string): unknown {
  return (call('DescribeHyperParameterTuningJob', { HyperParameterTuningJobName }) as Item)
    .HyperParameterTuningJobStatus;
}

const control = controlPlane((inside) => {
  if (inside.spec.command?.includes('serve') === true) return 1;
  inside.print(`loss=${String(inside.spec.environment.TRAINING_JOB_NAME).includes('-001-') ? 2 : 1};`);
  return 0;
});
const { call } = control;
beforeAll(() => createAll(control));
afterAll(() => control.close());

describe.each(Object.entries(api.lists))('%s', (operation, { output, noun, sortBy, sortOrder }) => {
  const shape = SHAPES[(api.inputs as Record<string, string>)[operation]];
  const base = operation.endsWith('TuningJob') ? { HyperParameterTuningJobName: 'beta' } : {};
  const find = (query: object): Item => call(operation, { ...base, ...query }) as Item;
  const names = (query: object): string[] =>
    (find(query)[output] as Item[])
      .map((item) => String(item[`${noun}Name`]))
      // The training jobs and the group that other resources of the fixture bring.
      .filter((name) => operation.endsWith('TuningJob') || ['alpha', 'beta'].includes(name));
  const all = (): string[] => names({ SortBy: 'Name', SortOrder: 'Ascending', MaxResults: 100 });

  const YEAR = 365 * 24 * 3600;
  /** The actual and the expected output of a request with each member. */
  const PROBES: Record<string, () => [actual: unknown, expected: unknown]> = {
    NameContains: () => [names({ NameContains: 'lph' }), ['alpha']],
    StatusEquals: () => {
      const { values = [] } = SHAPES[shape.members.StatusEquals];
      return [values.flatMap((StatusEquals) => names({ StatusEquals })).sort(), all()];
    },
    SortBy: () => {
      const { values = [] } = SHAPES[shape.members.SortBy];
      const created = operation.endsWith('TuningJob') ? all() : ['beta', 'alpha'];
      const expected: Record<string, string[]> = {
        Name: all(),
        CreationTime: created,
        Status: created,
        FinalObjectiveMetricValue: all().reverse(),
      };
      return [
        values.map((SortBy) => [SortBy, names({ SortBy, SortOrder: 'Ascending', MaxResults: 100 })]),
        values.map((SortBy) => [SortBy, expected[SortBy]]),
      ];
    },
    SortOrder: () => {
      const query = { SortBy: 'Name', MaxResults: 100 };
      return [
        [names({ ...query, SortOrder: 'Descending' }), names({ MaxResults: 100 })],
        [all().reverse(), names({ SortBy: sortBy, SortOrder: sortOrder, MaxResults: 100 })],
      ];
    },
    MaxResults: () => [find({ MaxResults: 1 })[output], [expect.anything()]],
    NextToken: () => {
      const pages = [find({ MaxResults: 1 })];
      while (pages.at(-1)?.NextToken !== undefined)
        pages.push(find({ MaxResults: 1, NextToken: pages.at(-1)?.NextToken }));
      return [pages.flatMap((page) => page[output]), find({ MaxResults: 100 })[output]];
    },
    CrossAccountFilterOption: () => {
      const options = ['CrossAccount', 'SameAccount'];
      return [options.map((option) => names({ CrossAccountFilterOption: option }).length), [0, 2]];
    },
    ModelApprovalStatus: () => [
      find({ ...GROUP, ModelApprovalStatus: 'Approved' })[output],
      [expect.objectContaining({ ModelPackageVersion: 1, ModelApprovalStatus: 'Approved' })],
    ],
    ModelPackageGroupName: () => [(find(GROUP)[output] as Item[]).map((one) => one.ModelPackageVersion), [1, 2]],
    ModelPackageType: () => {
      const found = ['Versioned', 'Unversioned', 'Both'].map((type) => find({ ModelPackageType: type })[output]);
      return [found.map((items) => (items as Item[]).length), [2, 2, 4]];
    },
    EndpointNameEquals: () => [
      [names({ EndpointNameEquals: 'components' }), names({ EndpointNameEquals: 'beta' })],
      [['alpha', 'beta'], []],
    ],
    VariantNameEquals: () => [
      [names({ VariantNameEquals: 'a' }), names({ VariantNameEquals: 'b' })],
      [['alpha', 'beta'], []],
    ],
    HyperParameterTuningJobName: () => [all().map((name) => name.slice(0, 8)), ['beta-001', 'beta-002']],
  };
  for (const time of ['CreationTime', 'LastModifiedTime']) {
    const [past, future] = [-YEAR, YEAR].map((seconds) => Date.now() / 1000 + seconds);
    const sorted = (query: object): string[] => names({ MaxResults: 100, ...query }).sort();
    PROBES[`${time}After`] = () => [
      [sorted({ [`${time}After`]: future }), sorted({ [`${time}After`]: past })],
      [[], all()],
    ];
    PROBES[`${time}Before`] = () => [
      [sorted({ [`${time}Before`]: past }), sorted({ [`${time}Before`]: future })],
      [[], all()],
    ];
  }

  test.each(Object.keys(shape.members))('implements %s, or rejects it by its name', (member) => {
    const value =
      SHAPES[shape.members[member]].values?.[0] ?? 'arn:aws:sagemaker:us-east-1:000000000000:training-plan/a';
    const rejected = (): [unknown, unknown] => [
      errorOf(() => find({ [member]: value })),
      expect.stringContaining(`The local service does not support ${member} of ${operation}. See https:`),
    ];
    const [actual, expected] = (PROBES[member] ?? rejected)();
    expect(actual).toEqual(expected);
  });
});

test('A List operation rejects a token that no list has returned', () => {
  expect(() => call('ListModels', { NextToken: 'invented' })).toThrow('The NextToken is not valid, got: "invented"');
});

function errorOf(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return (error as Error).message;
  }
}
