import { App, Stack, aws_ecr as ecr, aws_iam as iam, aws_sagemaker as l1 } from 'aws-cdk-lib';
import { createRequire } from 'node:module';
import type * as Alpha from '@aws-cdk/aws-sagemaker-alpha';
import type * as Library from '../../lib';
import { imageAssets, lifecycle } from './lifecycle';

/** Defines N algorithms, each with model, endpoint configuration and endpoint. */
export type Implementation = (stack: Stack, count: number) => void;

/** Loads a package when it is used, since loading is part of the measured time. The packages are installed next to this program. */
const load = createRequire(__filename);

const INSTANCE = 'ml.m5.large';

function algorithm(stack: Stack, id: string, trainingImage: string): void {
  new l1.CfnAlgorithm(stack, `${id}Algorithm`, {
    algorithmName: `${id}-algorithm`,
    trainingSpecification: {
      trainingImage,
      supportedTrainingInstanceTypes: [INSTANCE],
      supportsDistributedTraining: false,
      trainingChannels: [
        { name: 'train', isRequired: true, supportedContentTypes: ['text/csv'], supportedInputModes: ['File'] },
      ],
    },
  });
}

function chain(stack: Stack, id: string, image: string, role: string): l1.CfnModel {
  const model = new l1.CfnModel(stack, `${id}Model`, { executionRoleArn: role, primaryContainer: { image } });
  const config = new l1.CfnEndpointConfig(stack, `${id}Config`, {
    productionVariants: [
      {
        variantName: 'v',
        modelName: model.attrModelName,
        instanceType: INSTANCE,
        initialInstanceCount: 1,
        initialVariantWeight: 1,
      },
    ],
  });
  new l1.CfnEndpoint(stack, `${id}Endpoint`, { endpointConfigName: config.attrEndpointConfigName });
  return model;
}

function each(count: number, make: (id: string) => void): void {
  for (let index = 0; index < count; index++) make(`N${index}`);
}

/** Grants the permissions that the library grants to a model. */
function grantOurs(stack: Stack, role: iam.IRole): void {
  role.addToPrincipalPolicy(
    new iam.PolicyStatement({
      actions: ['CreateLogGroup', 'CreateLogStream', 'DescribeLogStreams', 'PutLogEvents'].map(
        (name) => `logs:${name}`,
      ),
      resources: ['/aws/sagemaker/Endpoints/*', '/aws/sagemaker/TransformJobs:*'].map((name) =>
        stack.formatArn({ service: 'logs', resource: `log-group:${name}` }),
      ),
    }),
  );
  role.addToPrincipalPolicy(
    new iam.PolicyStatement({
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: { StringLike: { 'cloudwatch:namespace': '/aws/sagemaker/*' } },
    }),
  );
}

const repositoryIn = (stack: Stack): ecr.IRepository => ecr.Repository.fromRepositoryName(stack, 'Repository', 'churn');

export const IMPLEMENTATIONS: Record<string, Implementation> = {
  ours: (stack, count) => {
    const library = load('cdk-sagemaker-algorithm') as typeof Library;
    const image = library.ContainerImage.fromEcrRepository(repositoryIn(stack), { tag: '1' });
    const instanceType = library.InstanceType.ML_M5_LARGE;
    each(count, (id) => {
      new library.Algorithm(stack, `${id}Algorithm`, {
        images: library.AlgorithmImages.combined(image),
        channels: [library.Channel.file('train', { contentTypes: ['text/csv'] })],
        trainingInstanceTypes: [instanceType],
      });
      const model = new library.Model(stack, `${id}Model`, { image });
      const variants = [library.ProductionVariant.instances('v', { model, instanceType })];
      const config = new library.EndpointConfig(stack, `${id}Config`, { variants });
      new library.Endpoint(stack, `${id}Endpoint`, { endpointConfig: config });
    });
  },

  'L1 with iam.Role': (stack, count) => {
    const repository = repositoryIn(stack);
    const image = repository.repositoryUriForTag('1');
    each(count, (id) => {
      algorithm(stack, id, image);
      const conditions = { StringEquals: { 'aws:SourceAccount': stack.account } };
      const assumedBy = new iam.ServicePrincipal('sagemaker.amazonaws.com', { conditions });
      const role = new iam.Role(stack, `${id}Role`, { assumedBy });
      grantOurs(stack, role);
      repository.grantPull(role);
      chain(stack, id, image, role.roleArn).node.addDependency(role);
    });
  },

  'L1 only': (stack, count) => {
    each(count, (id) => {
      const image = `${stack.account}.dkr.ecr.${stack.region}.${stack.urlSuffix}/churn:1`;
      algorithm(stack, id, image);
      const role = new iam.CfnRole(stack, `${id}Role`, {
        assumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'sagemaker.amazonaws.com' } }],
        },
      });
      chain(stack, id, image, role.attrArn);
    });
  },

  alpha: (stack, count) => withAlpha(stack, count, false),

  // The role of the alpha module has AmazonSageMakerFullAccess instead of statements with the required permissions.
  'alpha with our statements': (stack, count) => withAlpha(stack, count, true),
};

/** Apps with one algorithm, by the directory of its images. */
export const LIFECYCLES: Record<string, (stack: Stack, directory: string) => void> = {
  ours: (stack, directory) => lifecycle(stack, load('cdk-sagemaker-algorithm') as typeof Library, directory),
  DockerImageAsset: imageAssets,
};

function withAlpha(stack: Stack, count: number, hasOurStatements: boolean): void {
  const alpha = load('@aws-cdk/aws-sagemaker-alpha') as typeof Alpha;
  const repository = repositoryIn(stack);
  each(count, (id) => {
    algorithm(stack, id, repository.repositoryUriForTag('1'));
    const model = new alpha.Model(stack, `${id}Model`, {
      containers: [{ image: alpha.ContainerImage.fromEcrRepository(repository, '1') }],
    });
    if (hasOurStatements && model.role !== undefined) grantOurs(stack, model.role);
    const endpointConfig = new alpha.EndpointConfig(stack, `${id}Config`, {
      instanceProductionVariants: [{ model, variantName: 'v', instanceType: alpha.InstanceType.M5_LARGE }],
    });
    new alpha.Endpoint(stack, `${id}Endpoint`, { endpointConfig });
  });
}

/** The resources that a synthesis takes, and the size of its result. */
export interface Synthesis {
  readonly cpuSeconds: number;
  readonly seconds: number;
  readonly megabytes: number;
  readonly bytes: number;
  readonly resources: number;
}

export function synthesize(define: (stack: Stack) => void): Synthesis {
  const before = process.cpuUsage();
  const started = process.hrtime.bigint();
  // The limit of 500 resources applies to deployment only. Assets are not copied, which depends on the disk.
  const app = new App({ context: { '@aws-cdk/core:stackResourceLimit': 0, 'aws:cdk:disable-asset-staging': true } });
  const stack = new Stack(app, 'Stack');
  define(stack);
  const { template } = app.synth().stacks[0] as { template: { Resources?: object } };
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const { user, system } = process.cpuUsage(before);
  return {
    cpuSeconds: (user + system) / 1e6,
    seconds,
    megabytes: process.resourceUsage().maxRSS / 1024,
    bytes: Buffer.byteLength(JSON.stringify(template)),
    // A stack with assets only has no resources.
    resources: Object.keys(template.Resources ?? {}).length,
  };
}

// Each sample runs in a new process, because code stays compiled within a process.
if (require.main === module) {
  const [implementation, argument] = process.argv.slice(2);
  const count = Number(argument);
  const define = Number.isNaN(count)
    ? (stack: Stack): void => LIFECYCLES[implementation](stack, argument)
    : (stack: Stack): void => IMPLEMENTATIONS[implementation](stack, count);
  process.stdout.write(JSON.stringify(synthesize(define)));
}
