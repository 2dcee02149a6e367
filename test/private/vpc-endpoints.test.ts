import { type Stack, aws_ec2 as ec2, aws_lambda as lambda } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { ContainerImage, InstanceType, Model, TrainingJob, TrainingResources } from '../../lib';
import { newStack } from '../stacks';

const WARNING = Match.stringLikeRegexp(
  'The instances that request the credentials of the private registry from a Lambda function run in subnets without a route to the ' +
    'internet, and Stack/Vpc has no endpoint for lambda, so that calls would time out',
);

const isolatedVpc = (stack: Stack): ec2.Vpc =>
  new ec2.Vpc(stack, 'Vpc', {
    subnetConfiguration: [{ name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }],
  });

interface Registry {
  readonly vpc: (stack: Stack) => ec2.Vpc;
  readonly subnetType?: ec2.SubnetType;
  readonly hasCredentials?: boolean;
}

/** The properties of a model or a training job with an image in a private registry. */
function properties(
  stack: Stack,
  { vpc, subnetType = ec2.SubnetType.PRIVATE_ISOLATED, hasCredentials = true }: Registry,
): { image: ContainerImage; vpc: ec2.Vpc; vpcSubnets: ec2.SubnetSelection } {
  const functionArn = 'arn:aws:lambda:eu-west-1:111122223333:function:login';
  const login = lambda.Function.fromFunctionArn(stack, 'Login', functionArn);
  const image = ContainerImage.fromPrivateRegistry('registry.example.com/a:1', {
    credentialsProvider: hasCredentials ? login : undefined,
  });
  return { image, vpc: vpc(stack), vpcSubnets: { subnetType } };
}

const CONSUMERS: Record<string, (stack: Stack, registry: Registry) => unknown> = {
  model: (stack, registry) => new Model(stack, 'User', properties(stack, registry)),
  'training job': (stack, registry) =>
    new TrainingJob(stack, 'User', {
      ...properties(stack, registry),
      resources: TrainingResources.of(InstanceType.ML_M5_XLARGE),
    }),
};

describe.each(Object.entries(CONSUMERS))('A %s with an image in a private registry', (_, create) => {
  test('adds a warning if isolated subnets have no endpoint for the Lambda function that returns the credentials', () => {
    const stack = newStack();
    create(stack, { vpc: isolatedVpc });
    Annotations.fromStack(stack).hasWarning('/Stack/User', WARNING);
  });

  test.each<[string, Registry]>([
    [
      'the VPC has the endpoint',
      {
        vpc: (stack) => {
          const vpc = isolatedVpc(stack);
          new ec2.InterfaceVpcEndpoint(stack, 'Lambda', { vpc, service: ec2.InterfaceVpcEndpointAwsService.LAMBDA });
          return vpc;
        },
      },
    ],
    [
      'the subnets have a NAT gateway',
      { vpc: (stack) => new ec2.Vpc(stack, 'Vpc'), subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
    ],
    ['the registry requires no credentials', { vpc: isolatedVpc, hasCredentials: false }],
  ])('adds no warning if %s', (__, registry) => {
    const stack = newStack();
    create(stack, registry);
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('has no endpoint for'));
  });

  test('adds a warning if only another VPC has the endpoint', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Other');
    vpc.addInterfaceEndpoint('Lambda', { service: ec2.InterfaceVpcEndpointAwsService.LAMBDA });
    create(stack, { vpc: isolatedVpc });
    Annotations.fromStack(stack).hasWarning('/Stack/User', WARNING);
  });
});
