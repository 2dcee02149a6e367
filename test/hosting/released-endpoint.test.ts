import {
  App,
  CfnCondition,
  CfnOutput,
  CfnResource,
  Duration,
  Fn,
  Size,
  Stack,
  Stage,
  aws_cloudwatch as cloudwatch,
  aws_iam as iam,
  aws_sns as sns,
  aws_cloudwatch_actions as actions,
} from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  AlgorithmDashboard,
  DeploymentPolicy,
  Endpoint,
  EndpointConfig,
  InferenceComponent,
  InstanceType,
  Model,
  ModelPackage,
  ProductionVariant,
  TransformInput,
  TransformJob,
  TransformOutput,
  TransformResources,
} from '../../lib';
import { CONFIG, ENDPOINT, MODEL, bucket } from '../features';
import {
  ALARM,
  RELEASE_PARAMETER,
  SCALABLE_TARGET,
  SCALING_POLICY,
  conditionsOfTypes,
  newCaller,
  newEndpoint,
  newModel,
  releasedConfig,
  releasedVersion,
} from '../hosting-fixtures';
import { errorOf, newStack, placedStack, statementsOf } from '../stacks';

const synthError = (stack: Stack): string => errorOf(() => Template.fromStack(stack));

/** The only condition of a template. */
function onlyCondition(stack: Stack): string {
  const [id, ...others] = Object.keys(Template.fromStack(stack).findConditions('*'));
  expect(others).toEqual([]);
  return id;
}

/** The id of the condition in a stack that is not synthesized yet. */
function conditionIn(stack: Stack): string {
  const [condition] = stack.node.findAll().filter((node) => node instanceof CfnCondition);
  return stack.resolve(condition.logicalId) as string;
}

describe('The endpoint of a released model', () => {
  test('does not exist before the first release, and neither do its model, configuration, scaling, alarms and their permissions', () => {
    const stack = newStack();
    const alarm = new cloudwatch.Alarm(stack, 'Own', {
      metric: new cloudwatch.Metric({ namespace: 'Shop', metricName: 'Errors' }),
      threshold: 1,
      evaluationPeriods: 1,
    });
    const endpoint = newEndpoint(stack, {
      endpointConfig: releasedConfig(stack),
      deployment: DeploymentPolicy.canary({ alarms: [alarm] }),
      logs: {},
    });
    const variant = endpoint.variant('main');
    endpoint.addRollbackAlarm(
      variant.createErrorAlarm('Errors', { actions: [new actions.SnsAction(new sns.Topic(stack, 'T'))] }),
    );
    const scaling = variant.autoScale({ maxCapacity: 3 });
    scaling.scaleOnInvocations('Load', { maxRequestsPerSecond: 10 });
    endpoint.onStateChange('Changed');
    const condition = onlyCondition(stack);
    expect(conditionsOfTypes(stack)).toEqual({
      [MODEL]: [condition],
      [CONFIG]: [condition],
      [ENDPOINT]: [condition],
      [SCALABLE_TARGET]: [condition],
      [SCALING_POLICY]: [condition],
      // The alarm of the user exists before.
      [ALARM]: [undefined, condition],
      // The policy for the rollback alarms, which exist later.
      'AWS::IAM::Policy': [undefined, condition],
      'AWS::IAM::Role': [undefined],
      'AWS::Logs::LogGroup': [undefined],
      'AWS::SNS::Topic': [undefined],
      'AWS::Events::Rule': [undefined],
    });
  });

  test('has the scaling and the idle alarm of a shadow variant only while the parameter of this variant has a version', () => {
    const stack = newStack();
    const [main, candidate] = ['main', 'candidate'].map((name) =>
      ProductionVariant.instances(name, {
        model: new Model(stack, `Model-${name}`, {
          modelPackage: ModelPackage.fromReleaseParameter(stack, `Version-${name}`, `/churn/${name}`),
        }),
        instanceType: InstanceType.ML_C7I_LARGE,
      }),
    );
    const endpointConfig = new EndpointConfig(stack, 'Config', { variants: [main], shadowVariant: candidate });
    const variant = new Endpoint(stack, 'Endpoint', { endpointConfig }).variant('candidate');
    variant.autoScale({ maxCapacity: 3 }).scaleOnInvocations('Load', { maxRequestsPerSecond: 10 });
    variant.createIdleAlarm('Idle');
    variant.createErrorAlarm('Errors');
    const { Conditions } = Template.fromStack(stack).toJSON() as { Conditions: Record<string, object> };
    const conditions = conditionsOfTypes(stack);
    const [both] = conditions[SCALABLE_TARGET] as string[];
    expect(JSON.stringify(Conditions[both])).toMatch(/^\{"Fn::And":\[\{"Condition":"\w+"\},\{"Condition":"\w+"\}\]\}$/);
    // An error alarm, which has no datapoints without the variant, can roll back an update of the endpoint.
    expect([conditions[SCALING_POLICY], conditions[ALARM]]).toEqual([[both], [both, ...(conditions[ENDPOINT] ?? [])]]);
  });

  test('has a name and an ARN that outputs, permissions, metrics and dashboards can use before the first release', () => {
    const stack = placedStack();
    const endpoint = new Endpoint(stack, 'Endpoint', { endpointConfig: releasedConfig(stack) });
    new CfnOutput(stack, 'Name', { value: endpoint.endpointName });
    const caller = newCaller(stack);
    endpoint.grantInvoke(caller);
    new AlgorithmDashboard(stack, 'Dashboard', { endpoints: [{ endpoint, variantNames: ['main'] }] });
    endpoint.variant('main').metricInvocations().createAlarm(stack, 'Busy', { threshold: 1000, evaluationPeriods: 1 });
    Template.fromStack(stack).hasOutput('Name', { Value: endpoint.endpointName });
    const [{ Resource }] = statementsOf(stack, 'User') as { Resource: unknown }[];
    expect(JSON.stringify(Resource)).toContain(`:endpoint/${endpoint.endpointName.toLowerCase()}`);
  });

  test.each(['stages', 'stack names'])('has another name in another environment (%s)', (kind) => {
    const names = ['dev', 'prod'].map((environment) => {
      const app = new App();
      const stack =
        kind === 'stages'
          ? new Stack(new Stage(app, environment), 'Hosting')
          : new Stack(app, 'Hosting', { stackName: `hosting-${environment}` });
      return new Endpoint(stack, 'Endpoint', { endpointConfig: releasedConfig(stack) }).endpointName;
    });
    expect(new Set(names).size).toBe(2);
  });

  test('exists while all of the released models of its variants do', () => {
    const stack = newStack();
    const variants = ['/a/deployed', '/b/deployed', undefined].map((name, index) => {
      const modelPackage = name === undefined ? undefined : releasedVersion(stack, name, `Version${index}`);
      const model = newModel(stack, { modelPackage }, `Model${index}`);
      return ProductionVariant.instances(`v${index}`, { model, instanceType: InstanceType.ML_C7I_LARGE });
    });
    newEndpoint(stack, { endpointConfig: new EndpointConfig(stack, 'Config', { variants }) });
    const { [MODEL]: ofModels, [CONFIG]: ofConfig, [ENDPOINT]: ofEndpoint } = conditionsOfTypes(stack);
    expect(new Set(ofModels).size).toBe(3);
    expect(ofModels).toContain(undefined);
    expect(ofEndpoint).toEqual(ofConfig);
    const [combined] = ofEndpoint;
    const { 'Fn::And': parts } = Template.fromStack(stack).findConditions(String(combined))[String(combined)];
    expect(parts).toEqual(ofModels.filter((one) => one !== undefined).map((Condition) => ({ Condition })));
  });

  test('keeps a condition of the user', () => {
    const stack = newStack();
    const endpoint = newEndpoint(stack, { endpointConfig: releasedConfig(stack) });
    const resource = endpoint.node.defaultChild as CfnResource;
    resource.cfnOptions.condition = new CfnCondition(stack, 'IsEu', { expression: Fn.conditionEquals('eu', 'eu') });
    const [combined] = conditionsOfTypes(stack)[ENDPOINT];
    const parts = Template.fromStack(stack).findConditions(String(combined))[String(combined)];
    expect(JSON.stringify(parts)).toContain('{"Condition":"IsEu"}');
  });

  test('requires that the name of its configuration is generated', () => {
    const stack = newStack();
    expect(() => releasedConfig(stack, { endpointConfigName: 'churn' })).toThrow(
      '`endpointConfigName` must not be specified with a released model',
    );
  });
});

describe('An inference component', () => {
  const component = (stack: Stack, endpoint: Endpoint, isReleased: boolean): InferenceComponent =>
    new InferenceComponent(stack, 'Component', {
      endpoint,
      variantName: 'shared',
      model: newModel(stack, { modelPackage: isReleased ? releasedVersion(stack) : undefined }),
      compute: { minMemory: Size.gibibytes(1), cpuCores: 1 },
    });
  const sharedEndpoint = (stack: Stack): Endpoint =>
    newEndpoint(stack, {
      endpointConfig: new EndpointConfig(stack, 'Config', {
        variants: [ProductionVariant.inferenceComponents('shared', { instanceType: InstanceType.ML_C7I_LARGE })],
      }),
    });

  test('of a released model does not exist before the first release, unlike its endpoint', () => {
    const stack = newStack();
    component(stack, sharedEndpoint(stack), true).autoScale({ maxCapacity: 2 });
    const condition = onlyCondition(stack);
    expect(conditionsOfTypes(stack)).toMatchObject({
      [MODEL]: [condition],
      'AWS::SageMaker::InferenceComponent': [condition],
      [SCALABLE_TARGET]: [condition],
      [ENDPOINT]: [undefined],
      [CONFIG]: [undefined],
    });
  });

  test('of a model that is not released has no condition', () => {
    const stack = newStack();
    component(stack, sharedEndpoint(stack), false);
    expect(Template.fromStack(stack).findConditions('*')).toEqual({});
  });
});

describe('A reference to a resource that only exists while a version is released', () => {
  test('of an output fails synthesis with the construct and the fix', () => {
    const stack = newStack();
    const model = newModel(stack, { modelPackage: releasedVersion(stack) });
    new CfnOutput(stack, 'Name', { value: model.modelName });
    expect(synthError(stack)).toContain(
      '`Value` of Stack/Name refers to Stack/Model/Resource, which only exists while a version is released in SSM parameter ' +
        `"${RELEASE_PARAMETER}". Use \`endpointName\` or \`endpointArn\` of the endpoint, which are text, or call ` +
        '`applyReleaseCondition()` of the model package on it.',
    );
  });

  test.each([
    ['Ref', { Ref: 'X' }, 'Properties.Deep.Value'],
    ['Fn::GetAtt', { 'Fn::GetAtt': ['X', 'EndpointName'] }, 'Properties.Deep.Value'],
    ['Fn::GetAtt in one text', { 'Fn::GetAtt': 'X.EndpointName' }, 'Properties.Deep.Value'],
    ['Fn::Sub', { 'Fn::Sub': 'a/${X.EndpointName}' }, 'Properties.Deep.Value'],
    ['Fn::Sub with variables', { 'Fn::Sub': ['${A}', { A: { Ref: 'X' } }] }, 'Properties.Deep.Value'],
    ['Fn::Join', { 'Fn::Join': ['', ['a', { Ref: 'X' }]] }, 'Properties.Deep.Value'],
    ['the other branch of Fn::If', { 'Fn::If': ['CONDITION', 'a', { Ref: 'X' }] }, 'Properties.Deep.Value'],
  ])('of a resource fails synthesis (%s)', (_, reference, property) => {
    const stack = newStack();
    const endpoint = newEndpoint(stack, { endpointConfig: releasedConfig(stack) });
    const text = JSON.stringify(reference);
    const id = stack.resolve((endpoint.node.defaultChild as CfnResource).logicalId) as string;
    const condition = conditionIn(stack);
    const value = JSON.parse(text.replaceAll('X', id).replaceAll('CONDITION', condition)) as object;
    new CfnResource(stack, 'Foreign', { type: 'Custom::Foreign', properties: { Deep: { Value: value } } });
    expect(synthError(stack)).toContain(`\`${property}\` of Stack/Foreign refers to Stack/Endpoint/Resource`);
  });

  test('is allowed with the same condition, which `applyReleaseCondition` adds', () => {
    const stack = newStack();
    const version = releasedVersion(stack);
    const model = newModel(stack, { modelPackage: version });
    version.applyReleaseCondition(new CfnOutput(stack, 'Name', { value: model.modelName }));
    const role = new iam.Role(stack, 'Reader', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    const policy = new iam.Policy(stack, 'Policy', { roles: [role] });
    policy.addStatements(
      new iam.PolicyStatement({ actions: ['sagemaker:DescribeModel'], resources: [model.modelArn] }),
    );
    version.applyReleaseCondition(policy);
    Template.fromStack(stack).hasOutput('Name', { Condition: onlyCondition(stack) });
  });

  test('is allowed in Fn::If with the condition, and as a dependency, which CloudFormation ignores without the resource', () => {
    const stack = newStack();
    const endpoint = newEndpoint(stack, { endpointConfig: releasedConfig(stack) });
    const { ref } = endpoint.node.defaultChild as CfnResource;
    const value = Fn.conditionIf(conditionIn(stack), ref, 'none').toString();
    new CfnOutput(stack, 'Output', { value });
    const other = new CfnResource(stack, 'Later', { type: 'Custom::Later' });
    other.node.addDependency(endpoint);
    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  test('by an export fails synthesis, since the export of another stack would refer to it', () => {
    const app = new App();
    const [hosting, other] = [new Stack(app, 'Hosting'), new Stack(app, 'Other')];
    const model = newModel(hosting, { modelPackage: releasedVersion(hosting) });
    new CfnOutput(other, 'Name', { value: model.modelName });
    expect(synthError(hosting)).toMatch(
      /Another stack, by the export Hosting\/Exports\/.*, refers to Hosting\/Model\/Resource/,
    );
  });

  test('of a construct in another stack cannot be allowed, since conditions are part of a template', () => {
    const app = new App();
    const [hosting, other] = [new Stack(app, 'Hosting'), new Stack(app, 'Other')];
    const output = new CfnOutput(other, 'Name', { value: 'x' });
    expect(() => releasedVersion(hosting).applyReleaseCondition(output)).toThrow(
      'Other/Name must be in stack Hosting: it uses a model package that stack releases',
    );
  });

  test('by a transform job fails, since a release would not run it again', () => {
    const stack = newStack();
    const model = newModel(stack, { modelPackage: releasedVersion(stack) });
    expect(
      () =>
        new TransformJob(stack, 'Job', {
          model,
          input: TransformInput.fromBucket(bucket(stack), 'in/'),
          output: TransformOutput.toBucket(bucket(stack), 'out/'),
          resources: TransformResources.of(InstanceType.ML_M5_XLARGE),
          invocationTimeout: Duration.minutes(1),
        }),
    ).toThrow('`model` Stack/Model must not be a released model');
  });
});

describe('A stack without a release parameter', () => {
  test('has no conditions and no parameters of a release', () => {
    const stack = newStack();
    const endpoint = newEndpoint(stack);
    endpoint.variant('main').createErrorAlarm('Errors');
    const template = Template.fromStack(stack).toJSON() as { Conditions?: object };
    expect(template.Conditions).toBeUndefined();
    expect(JSON.stringify(template)).not.toContain('AWS::SSM::Parameter::Value<String>","Default":"/churn');
  });
});
