import { CfnOutput, Duration, Size, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { EndpointConfig, InstanceType, type Model, ProductionVariant, S3Location } from '../../../lib';
import { CONFIG, ENDPOINT, MODEL, bucket } from '../../features';
import {
  ALARM,
  SCALABLE_TARGET,
  conditionsOfTypes,
  newEndpoint,
  newModel,
  releasedConfig,
  releasedVersion,
} from '../../hosting-fixtures';
import { errorOf, newStack } from '../../stacks';

const SHADOW_PARAMETER = '/churn/shadow';

const modelOf = (stack: Stack, parameterName: string): Model =>
  newModel(stack, { modelPackage: releasedVersion(stack, parameterName, 'Candidate') }, 'CandidateModel');

/** A shadow variant with all kinds of properties: some with unusual names, and some that the oldest supported aws-cdk-lib lacks. */
const shadowOf = (stack: Stack, model: Model): ProductionVariant =>
  ProductionVariant.instances('candidate', {
    model,
    instanceType: InstanceType.ML_C7I_LARGE,
    volumeSize: Size.gibibytes(10),
    ssmAccess: true,
    startupHealthCheckTimeout: Duration.minutes(2),
    coreDump: { destination: S3Location.fromBucket(bucket(stack), 'dumps') },
    prefixAwareRouting: { prefixLength: 1024 },
  });

/** The shadow variants in the template of a stack. */
const renderedShadow = (stack: Stack): unknown =>
  (
    Object.values(Template.fromStack(stack).findResources(CONFIG))[0] as {
      Properties: { ShadowProductionVariants: unknown };
    }
  ).Properties.ShadowProductionVariants;

describe('A shadow variant whose model has another release parameter than the production variant', () => {
  test('only exists while that parameter has a version, and the endpoint does not depend on it', () => {
    const stack = newStack();
    const shadowVariant = shadowOf(stack, modelOf(stack, SHADOW_PARAMETER));
    newEndpoint(stack, { endpointConfig: releasedConfig(stack, { shadowVariant }) });
    const { [MODEL]: ofModels, [CONFIG]: ofConfig, [ENDPOINT]: ofEndpoint } = conditionsOfTypes(stack);
    expect(ofEndpoint).toEqual(ofConfig);
    const [ofShadow, ...others] = ofModels.filter((one) => one !== ofConfig[0]);
    expect(others).toEqual([]);
    expect(renderedShadow(stack)).toMatchObject({
      'Fn::If': [ofShadow, [{ VariantName: 'candidate' }], { Ref: 'AWS::NoValue' }],
    });
  });

  test('has the same properties as one that always exists', () => {
    const stack = newStack();
    const conditional = newStack();
    newEndpoint(stack, {
      endpointConfig: releasedConfig(stack, { shadowVariant: shadowOf(stack, newModel(stack, {}, 'CandidateModel')) }),
    });
    const shadowVariant = shadowOf(conditional, modelOf(conditional, SHADOW_PARAMETER));
    newEndpoint(conditional, { endpointConfig: releasedConfig(conditional, { shadowVariant }) });
    const { 'Fn::If': parts } = renderedShadow(conditional) as { 'Fn::If': unknown[] };
    expect(parts[1]).toEqual(renderedShadow(stack));
  });

  test('can accompany a production variant that no parameter releases', () => {
    const stack = newStack();
    const main = ProductionVariant.instances('main', {
      model: newModel(stack),
      instanceType: InstanceType.ML_C7I_LARGE,
    });
    const shadowVariant = shadowOf(stack, modelOf(stack, SHADOW_PARAMETER));
    newEndpoint(stack, { endpointConfig: new EndpointConfig(stack, 'Config', { variants: [main], shadowVariant }) });
    expect(conditionsOfTypes(stack)[ENDPOINT]).toEqual([undefined]);
    expect(renderedShadow(stack)).toHaveProperty('Fn::If');
  });

  test('is scaled, and has an idle alarm, only while both parameters have a version', () => {
    const stack = newStack();
    const shadowVariant = shadowOf(stack, modelOf(stack, SHADOW_PARAMETER));
    const endpoint = newEndpoint(stack, { endpointConfig: releasedConfig(stack, { shadowVariant }) });
    const variant = endpoint.variant('candidate');
    variant.autoScale({ maxCapacity: 3 });
    variant.createIdleAlarm('Idle');
    const { [MODEL]: ofModels, [SCALABLE_TARGET]: ofTarget, [ALARM]: ofAlarm } = conditionsOfTypes(stack);
    expect(ofAlarm).toEqual(ofTarget);
    const combined = String(ofTarget[0]);
    const { 'Fn::And': parts } = Template.fromStack(stack).findConditions(combined)[combined] as {
      'Fn::And': unknown[];
    };
    expect(parts).toHaveLength(2);
    expect(parts).toEqual(expect.arrayContaining(ofModels.map((Condition) => ({ Condition }))));
  });

  test('has a model to which nothing else can refer without its condition', () => {
    const stack = newStack();
    const model = modelOf(stack, SHADOW_PARAMETER);
    newEndpoint(stack, { endpointConfig: releasedConfig(stack, { shadowVariant: shadowOf(stack, model) }) });
    new CfnOutput(stack, 'ModelName', { value: model.modelName });
    expect(errorOf(() => Template.fromStack(stack))).toContain(
      'which only exists while a version is released in SSM parameter "/churn/shadow"',
    );
  });
});

test('A shadow variant with the release parameter of the production variant exists whenever the configuration does', () => {
  const stack = newStack();
  const shadowVariant = shadowOf(stack, modelOf(stack, '/churn/deployed'));
  newEndpoint(stack, { endpointConfig: releasedConfig(stack, { shadowVariant }) });
  expect(renderedShadow(stack)).toEqual([expect.objectContaining({ VariantName: 'candidate' })]);
});
