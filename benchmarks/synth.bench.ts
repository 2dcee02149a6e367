import { App, Stack, aws_iam as iam, aws_sagemaker as l1 } from 'aws-cdk-lib';
import { ContainerImage, Endpoint, EndpointConfig, InstanceType, Model, ProductionVariant } from '../lib';

const ROUNDS = 5;
const COUNTS = [1, 10, 100];

/** The same chain in two ways: role, model, configuration, endpoint. */
const WAYS: Record<string, (stack: Stack, id: string) => void> = {
  L1: (stack, id) => {
    const role = new iam.Role(stack, `${id}Role`, { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
    const model = new l1.CfnModel(stack, `${id}Model`, {
      executionRoleArn: role.roleArn,
      primaryContainer: { image: 'example.com/image:1' },
    });
    const config = new l1.CfnEndpointConfig(stack, `${id}Config`, {
      productionVariants: [
        {
          variantName: 'v',
          modelName: model.attrModelName,
          instanceType: 'ml.m5.large',
          initialInstanceCount: 1,
          initialVariantWeight: 1,
        },
      ],
    });
    new l1.CfnEndpoint(stack, `${id}Endpoint`, { endpointConfigName: config.attrEndpointConfigName });
  },
  'this library': (stack, id) => {
    const model = new Model(stack, `${id}Model`, { image: ContainerImage.fromRegistry('example.com/image:1') });
    const variants = [ProductionVariant.instances('v', { model, instanceType: InstanceType.ML_M5_LARGE })];
    new Endpoint(stack, `${id}Endpoint`, { config: new EndpointConfig(stack, `${id}Config`, { variants }) });
  },
};

function seconds(way: string, count: number): number {
  const started = process.hrtime.bigint();
  const app = new App();
  const stack = new Stack(app, 'Stack');
  for (let index = 0; index < count; index++) WAYS[way](stack, `N${index}`);
  app.synth();
  return Number(process.hrtime.bigint() - started) / 1e9;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Time to synthesize N endpoints with all that they need, in one process, without the schema validation. */
export function run(): void {
  process.env.CDK_VALIDATION = 'false';
  Object.keys(WAYS).forEach((way) => seconds(way, 1)); // loads what is loaded lazily
  for (const count of COUNTS) {
    const samples: Record<string, number[]> = { L1: [], 'this library': [] };
    for (let round = 0; round < ROUNDS; round++) {
      for (const way of Object.keys(WAYS)) samples[way].push(seconds(way, count));
    }
    const [base, ours] = [median(samples.L1), median(samples['this library'])];
    console.log(
      `${count} endpoints: L1 ${base.toFixed(3)} s, this library ${ours.toFixed(3)} s (${(ours / base).toFixed(2)} x)`,
    );
  }
}
