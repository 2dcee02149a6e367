import { type CfnResource, CustomResource, Duration, Stack, aws_iam as iam } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { SmokeTestDefinition, SmokeTestProperties } from '../../handlers/smoke-test-contract';
import { SECONDS } from '../../private/contract';
import { warnAboutContentTypes } from '../../private/content-types';
import { ENDPOINT, SMOKE_TEST } from '../../private/grants';
import { type HandlerFunctionProps, StackHandler } from '../../private/handler-function';
import { applyReleaseCondition, releaseConditionOf } from '../../private/release-condition';
import { type IModel, Model } from '../model/model';
import type { SmokeTest } from './smoke-test';

const HANDLER: HandlerFunctionProps = {
  name: 'smoke-test',
  description: 'Tests SageMaker endpoints after they are deployed',
  timeout: Duration.minutes(15),
  services: ['sagemaker.api', 'sagemaker.runtime', 'cloudformation', 's3'],
};

interface SmokeTestResourceProps {
  readonly test: SmokeTest;
  readonly endpoint: { readonly name: string; readonly arn: string };
  readonly component?: { readonly name: string; readonly arn: string };

  /** The endpoint or the inference component, which is deployed before the test. */
  readonly tested: CfnResource;
  readonly models: IModel[];

  /** The names of the production variants, if there are several. */
  readonly variantNames: string[];
  readonly endpointConfigName?: string;

  /** The specification of the inference component. */
  readonly specification?: unknown;
}

/**
 * A smoke test as a custom resource that depends on the tested resource. Its properties change with the deployed version, so that
 * CloudFormation updates it after each deployment.
 */
export class SmokeTestResource extends Construct {
  constructor(scope: Construct, id: string, props: SmokeTestResourceProps) {
    super(scope, id);
    warnAboutContentTypes(this, [props.test.contentType, props.test.accept]);
    const handler = StackHandler.of(this, 'SageMakerSmokeTests', HANDLER);
    const policy = new iam.Policy(this, 'Rights', { roles: [handler.role] });
    policy.addStatements(...this.statements(props));
    const resource = new CustomResource(this, 'Resource', {
      serviceToken: handler.function.functionArn,
      serviceTimeout: Duration.minutes(16),
      resourceType: 'Custom::SageMakerSmokeTest',
      properties: { ...this.properties(props, policy) },
    });
    resource.node.addDependency(policy, handler.function, props.tested);
    applyReleaseCondition(resource, releaseConditionOf(scope));
  }

  private properties(props: SmokeTestResourceProps, grantee: iam.IGrantable): SmokeTestProperties {
    const { test, endpoint, component, models, endpointConfigName, specification } = props;
    const stack = Stack.of(this);
    const packages = models.flatMap((model) => (model instanceof Model ? model._modelPackageArns : []));
    return {
      EndpointName: endpoint.name,
      InferenceComponentName: component?.name,
      ModelPackageArns: packages.length === 0 ? undefined : packages,
      EndpointConfigName: endpointConfigName,
      Specification: specification === undefined ? undefined : stack.toJsonString(specification),
      Test: stack.toJsonString(this.definition(test, props.variantNames, grantee)),
    };
  }

  private definition(test: SmokeTest, variantNames: string[], grantee: iam.IGrantable): SmokeTestDefinition {
    const { targetVariant, timeout } = test;
    return {
      ...test.request._bind(this, grantee),
      ContentType: test.contentType,
      Accept: test.accept,
      TargetVariants: targetVariant === undefined ? variantNames : [targetVariant],
      TargetModel: test.targetModel,
      TargetContainerHostname: test.targetContainerHostname,
      TimeoutSeconds: timeout?.toSeconds() ?? SECONDS.invocation,
      Expect: (test.expect ?? []).map(({ _definition }) => _definition),
    };
  }

  private statements({ endpoint, component }: SmokeTestResourceProps): iam.PolicyStatement[] {
    const invoked = component === undefined ? [endpoint.arn] : [endpoint.arn, component.arn];
    const [describe, described] =
      component === undefined
        ? [SMOKE_TEST.describeEndpoint, endpoint.arn]
        : [SMOKE_TEST.describeComponent, component.arn];
    return [
      new iam.PolicyStatement({ actions: [...ENDPOINT.invoke], resources: invoked }),
      new iam.PolicyStatement({ actions: [...describe], resources: [described] }),
      new iam.PolicyStatement({ actions: [...SMOKE_TEST.describeStack], resources: [Stack.of(this).stackId] }),
    ];
  }
}
