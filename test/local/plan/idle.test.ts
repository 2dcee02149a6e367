import {
  Duration,
  Size,
  aws_applicationautoscaling as autoscaling,
  aws_ec2 as ec2,
  aws_kms as kms,
  aws_logs as logs,
} from 'aws-cdk-lib';
import {
  CapacitySize,
  DeploymentPolicy,
  InferenceComponent,
  InstanceType,
  ProductionVariant,
  TrainingJob,
  TrainingResources,
  TuningJob,
} from '../../../lib';
import { type Plan, planReport } from '../../../local/plan';
import { newConfig } from '../../features';
import { asyncConfig, newEndpoint, newModel } from '../../hosting-fixtures';
import { tuningDefinition } from '../../jobs';
import { image } from '../../stacks';
import { planned, plannedTemplate } from './fixture';

const idleOf = ({ stacks }: Plan): unknown[] =>
  stacks.flatMap(({ idle }) => idle.filter(({ type }) => type !== 'alarm'));
const quotasOf = ({ environments }: Plan): unknown[] =>
  environments.flatMap(({ quotas }) =>
    quotas.map(({ name, code, atLeast, atMost }) => [name, atLeast, atMost, ...(code === undefined ? [] : [code])]),
  );

const onInstances = (instanceCount: number): ((stack: Parameters<typeof newModel>[0]) => ProductionVariant) => {
  return (stack) =>
    ProductionVariant.instances('main', {
      model: newModel(stack),
      instanceType: InstanceType.ML_C7I_LARGE,
      instanceCount,
    });
};

describe('An endpoint in a plan', () => {
  test('is billed until it is deleted, and needs twice its instances during an update', () => {
    const plan = planned((stack) =>
      newEndpoint(stack, { endpointConfig: newConfig(stack, { variants: [onInstances(2)(stack)] }) }),
    );
    expect(idleOf(plan)).toEqual([
      {
        path: 'Stack/Endpoint (main)',
        type: 'endpoint',
        billed: '2 × ml.c7i.large',
        until: 'deleted',
        instances: { types: ['ml.c7i.large'], count: 2, min: 2, max: 2 },
      },
    ]);
    expect(plan.total.idleInstances).toEqual({ 'ml.c7i.large': 2 });
    expect(quotasOf(plan)).toEqual([
      ['ml.c7i.large for endpoint usage', 2, 4],
      ['Number of instances across active endpoints', 2, 4, 'L-7A3DF611'],
    ]);
  });

  test('with a rolling deployment needs the instances of a batch during an update', () => {
    const plan = planned((stack) =>
      newEndpoint(stack, {
        endpointConfig: newConfig(stack, { variants: [onInstances(4)(stack)] }),
        deployment: DeploymentPolicy.rolling({ batchSize: CapacitySize.percent(25), automaticRollback: false }),
      }),
    );
    expect(quotasOf(plan)).toContainEqual(['ml.c7i.large for endpoint usage', 4, 5]);
  });

  test('with automatic scaling needs its maximum capacity, and is not billed any more if that is scaled in to 0', () => {
    const plan = planned((stack) =>
      newEndpoint(stack, { endpointConfig: asyncConfig(stack) })
        .variant('main')
        .autoScale({ minCapacity: 0, maxCapacity: 3 })
        .scaleOnBacklog('Backlog', { targetBacklogPerInstance: 5 }),
    );
    expect(idleOf(plan)).toMatchObject([{ billed: '1 (0–3) × ml.c7i.large', until: 'scaled in to 0' }]);
    expect(quotasOf(plan)).toContainEqual(['ml.c7i.large for endpoint usage', 1, 6]);
  });

  test('with inference components is billed with the instances that it manages, on which the copies run', () => {
    const plan = planned((stack) => {
      const variant = ProductionVariant.inferenceComponents('main', {
        instanceType: InstanceType.ML_G5_XLARGE,
        managedScaling: { minInstanceCount: 0, maxInstanceCount: 4 },
      });
      const endpoint = newEndpoint(stack, { endpointConfig: newConfig(stack, { variants: [variant] }) });
      const component = new InferenceComponent(stack, 'Component', {
        endpoint,
        variantName: 'main',
        container: { image: image() },
        compute: { minMemory: Size.gibibytes(1) },
      });
      const scaling = component.autoScale({ minCapacity: 1, maxCapacity: 2 });
      const schedule = autoscaling.Schedule.rate(Duration.days(1));
      scaling.scaleOnSchedule('Night', { schedule, minCapacity: 0 });
    });
    expect(idleOf(plan)).toMatchObject([
      {
        path: 'Stack/Component',
        type: 'inference component',
        billed: '1 (0–2) copies',
        until: 'scaled in to 0',
        endpoint: 'Stack/Endpoint',
      },
      { path: 'Stack/Endpoint (main)', billed: '1 (0–4) × ml.g5.xlarge', until: 'scaled in to 0' },
    ]);
    const report = planReport('text', plan);
    expect(report).toMatch(/ 1 \(0–2\) copies on .*\n.* the instances of .*\n +Endpoint\n/);
    expect(report).not.toContain('Stack/');
  });

  test('with serverless capacity is only billed for provisioned concurrency', () => {
    const serverless = (provisionedConcurrency?: number): Plan =>
      planned((stack) => {
        const options = {
          model: newModel(stack),
          memory: Size.gibibytes(2),
          maxConcurrency: 20,
          provisionedConcurrency,
        };
        newEndpoint(stack, {
          endpointConfig: newConfig(stack, { variants: [ProductionVariant.serverless('main', options)] }),
        });
      });
    expect(idleOf(serverless())).toEqual([]);
    expect(idleOf(serverless(5))).toMatchObject([{ type: 'serverless endpoint', billed: 'provisioned concurrency 5' }]);
    expect(quotasOf(serverless())).toEqual([
      ['Maximum total concurrency that can be allocated across all serverless endpoints', 20, 20, 'L-96300102'],
    ]);
  });

  test('whose configuration is not in the app has capacity that is only decided at deployment', () => {
    const plan = plannedTemplate({
      Endpoint: { Type: 'AWS::SageMaker::Endpoint', Properties: { EndpointConfigName: 'elsewhere' } },
    });
    expect(idleOf(plan)).toMatchObject([{ billed: 'instances decided at deployment', instances: { types: [null] } }]);
    expect(plan.total.idleInstances).toEqual({});
    expect(quotasOf(plan)).toContainEqual(['ml.… for endpoint usage', null, null]);
  });

  test('with instance pools needs each of their types', () => {
    const pools = [{ InstanceType: 'ml.g5.xlarge' }, { InstanceType: 'ml.g6.xlarge' }];
    const variant = { VariantName: 'main', InstancePools: pools, InitialInstanceCount: 2 };
    const plan = plannedTemplate({
      Config: { Type: 'AWS::SageMaker::EndpointConfig', Properties: { ProductionVariants: [variant] } },
      Endpoint: {
        Type: 'AWS::SageMaker::Endpoint',
        Properties: { EndpointConfigName: { 'Fn::GetAtt': ['Config', 'EndpointConfigName'] } },
      },
    });
    expect(idleOf(plan)).toMatchObject([{ billed: '2 × ml.g5.xlarge or ml.g6.xlarge' }]);
    expect(quotasOf(plan)).toEqual([
      ['ml.g5.xlarge for endpoint usage', 2, 4],
      ['ml.g6.xlarge for endpoint usage', 2, 4],
      ['Number of instances across active endpoints', 2, 4, 'L-7A3DF611'],
    ]);
  });
});

describe('The quotas of a plan', () => {
  test('of jobs are at least those of the largest job, and at most those of all jobs', () => {
    const plan = planned((stack) => {
      for (const [id, instanceCount] of [
        ['Small', 1],
        ['Large', 3],
      ] as const) {
        const resources = TrainingResources.of(InstanceType.ML_G5_XLARGE, { instanceCount });
        new TrainingJob(stack, id, { image: image(), resources, trainingJobName: id });
      }
    });
    expect(quotasOf(plan)).toEqual([
      ['ml.g5.xlarge for training job usage', 3, 4],
      ['Number of instances across all training jobs', 3, 4, 'L-00C91CB5'],
    ]);
  });

  test('of Spot Instances are their own', () => {
    const plan = planned(
      (stack) =>
        new TrainingJob(stack, 'Train', {
          image: image(),
          resources: TrainingResources.of(InstanceType.ML_G5_XLARGE),
          maxRuntime: Duration.hours(1),
          useSpotInstances: true,
          maxWaitTime: Duration.hours(2),
        }),
    );
    expect(quotasOf(plan)).toEqual([
      ['ml.g5.xlarge for spot training job usage', 1, 1],
      ['Number of instances across all spot training jobs', 1, 1],
    ]);
  });

  test('of a tuning job are those of the training jobs that run in parallel, for each of its definitions', () => {
    const spot = { maxRuntime: Duration.hours(1), useSpotInstances: true, maxWaitTime: Duration.hours(2) };
    const resources = TrainingResources.of(InstanceType.ML_G5_XLARGE, { instanceCount: 2 });
    const definitions = [
      tuningDefinition({ definitionName: 'small' }),
      tuningDefinition({ definitionName: 'large', resources, ...spot }),
    ];
    const plan = planned((stack) => new TuningJob(stack, 'Tune', { definitions, maxParallelTrainingJobs: 3 }));
    expect(quotasOf(plan)).toEqual([
      ['ml.g5.xlarge for spot training job usage', 6, 6],
      ['ml.m5.xlarge for training job usage', 3, 3],
      ['Number of instances across all spot training jobs', 6, 6],
      ['Number of instances across all training jobs', 3, 3, 'L-00C91CB5'],
    ]);
  });

  test('of a warm pool are in addition to those of the job, and its instances are billed after the job', () => {
    const resources = TrainingResources.of(InstanceType.ML_G5_XLARGE, { keepAlive: Duration.minutes(30) });
    const plan = planned((stack) => new TrainingJob(stack, 'Train', { image: image(), resources }));
    expect(quotasOf(plan)).toContainEqual(['ml.g5.xlarge for training warm pool usage', 1, 1]);
    expect(idleOf(plan)).toContainEqual({
      path: 'Stack/Train',
      type: 'warm pool',
      billed: '1 × ml.g5.xlarge',
      until: '30 min after the job',
    });
  });

  test('of notebook instances and clusters are needed all the time', () => {
    const group = { InstanceGroupName: 'gpu', InstanceType: 'ml.p5.48xlarge', InstanceCount: 4 };
    const plan = plannedTemplate({
      Notebook: { Type: 'AWS::SageMaker::NotebookInstance', Properties: { InstanceType: 'ml.t3.medium' } },
      Cluster: { Type: 'AWS::SageMaker::Cluster', Properties: { InstanceGroups: [group] } },
    });
    expect(quotasOf(plan)).toEqual([
      ['ml.p5.48xlarge for cluster usage', 4, 4],
      ['ml.t3.medium for notebook instance usage', 1, 1],
      ['Total number of instances allowed across SageMaker HyperPod clusters', 4, 4],
      ['Total number of notebook instances', 1, 1],
    ]);
    expect(idleOf(plan)).toMatchObject([
      { path: 'Stack/Cluster (gpu)', type: 'cluster', billed: '4 × ml.p5.48xlarge', until: 'deleted' },
      { type: 'notebook instance', billed: '1 × ml.t3.medium', until: 'stopped' },
    ]);
    expect(plan.total).toMatchObject({ idleInstances: { 'ml.p5.48xlarge': 4, 'ml.t3.medium': 1 }, undecidedIdle: 0 });
  });

  test('that are only decided at deployment are counted in the sum', () => {
    const plan = plannedTemplate({
      Elsewhere: { Type: 'AWS::SageMaker::Endpoint', Properties: { EndpointConfigName: 'of-another-app' } },
    });
    expect(plan.total).toMatchObject({ idleInstances: {}, undecidedIdle: 1 });
    expect(planReport('text', plan)).toContain('\n  Idle       1 with instances decided at deployment\n');
  });

  test('of types that a plan does not know are not stated to be free', () => {
    const plan = plannedTemplate({ Machine: { Type: 'AWS::EC2::Instance', Properties: {} } });
    expect(planReport('text', plan)).toContain(
      '\n  no runs, no recurring jobs, and no resources of the types under Idle\n',
    );
  });
});

test('The idle resources of a plan include those of networks, keys and storage, and whether a deletion of the stack keeps them', () => {
  const plan = planned((stack) => {
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
    vpc.addInterfaceEndpoint('Api', { service: ec2.InterfaceVpcEndpointAwsService.SAGEMAKER_API });
    vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    new kms.Key(stack, 'Key');
    new logs.LogGroup(stack, 'Kept', { retention: logs.RetentionDays.INFINITE });
  });
  expect(idleOf(plan)).toEqual([
    { path: 'Stack/Kept', type: 'log group', billed: 'storage', until: 'deleted; `cdk destroy` keeps it' },
    { path: 'Stack/Key', type: 'KMS key', billed: 'each month', until: 'deleted; `cdk destroy` keeps it' },
    { path: 'Stack/Vpc/Api', type: 'interface endpoint', billed: 'each hour in 2 subnets', until: 'deleted' },
    { path: 'Stack/Vpc/PublicSubnet1/NATGateway', type: 'NAT gateway', billed: 'each hour', until: 'deleted' },
  ]);
});
