import {
  Names,
  Resource,
  Stack,
  aws_cloudwatch as cloudwatch,
  aws_iam as iam,
  aws_sagemaker as sagemaker,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkEnvironment } from '../../algorithm/inference-specification';
import { sagemakerArn } from '../../private/arn';
import { ENDPOINT } from '../../private/grants';
import { grantDescribeAlarms } from '../../private/rollback-permissions';
import { checkBounds } from '../../private/scaling';
import { ValidationErrors, isKnown } from '../../private/validation';
import { Endpoint, type IEndpoint } from '../endpoint/endpoint';
import { type ComponentScalingOptions, ScalableCopyCount } from './scalable-copy-count';
import type { ComputeResources, InferenceComponentProps } from './inference-component-props';
import type { IInferenceComponent } from './inference-component-props';

abstract class InferenceComponentBase extends Resource implements IInferenceComponent {
  public abstract readonly inferenceComponentArn: string;
  public abstract readonly inferenceComponentName: string;

  public get inferenceComponentRef(): sagemaker.InferenceComponentReference {
    return { inferenceComponentArn: this.inferenceComponentArn };
  }

  public grantInvoke(grantee: iam.IGrantable): iam.Grant {
    const actions = [...ENDPOINT.invoke, ...ENDPOINT.invokeWithResponseStream];
    return iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [this.inferenceComponentArn] });
  }
}

/**
 * A model that shares the instances of an endpoint with others: it says what it needs, and how many copies there are.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/realtime-endpoints-deploy-models.html
 * @resource AWS::SageMaker::InferenceComponent
 */
export class InferenceComponent extends InferenceComponentBase {
  /**
   * An existing component of this account and region.
   *
   * @param scope the parent
   * @param id the id of the construct
   * @param inferenceComponentName its name
   */
  public static fromInferenceComponentName(
    scope: Construct,
    id: string,
    inferenceComponentName: string,
  ): IInferenceComponent {
    class Import extends InferenceComponentBase {
      public readonly inferenceComponentName = inferenceComponentName;
      public readonly inferenceComponentArn = sagemakerArn(scope, 'inference-component', inferenceComponentName);
    }
    return new Import(scope, id);
  }

  public readonly inferenceComponentArn: string;
  public readonly inferenceComponentName: string;
  private readonly resource?: sagemaker.CfnInferenceComponent;
  private readonly isAdapter: boolean;
  private readonly endpoint: IEndpoint;
  private scaling?: ScalableCopyCount;

  constructor(scope: Construct, id: string, props: InferenceComponentProps) {
    super(scope, id);
    checkComponent(this, props);
    const { endpoint, variantName, copyCount = 1 } = props;
    const role = props.role ?? (endpoint instanceof Endpoint ? endpoint._componentRole : undefined);
    this.endpoint = endpoint;
    this.inferenceComponentName =
      props.inferenceComponentName ?? Names.uniqueResourceName(this, { maxLength: 63, separator: '-' });
    this.inferenceComponentArn = sagemakerArn(this, 'inference-component', this.inferenceComponentName);
    this.isAdapter = props.baseComponent !== undefined;
    // Nothing runs on an endpoint that stands down.
    if (endpoint instanceof Endpoint && endpoint._standsDown) return;

    this.resource = new sagemaker.CfnInferenceComponent(this, 'Resource', {
      inferenceComponentName: this.inferenceComponentName,
      endpointName: endpoint.endpointName,
      variantName,
      specification: renderSpecification(this, props, role),
      // An adapter has the copies of its base.
      runtimeConfig: props.baseComponent === undefined ? { copyCount } : undefined,
      deploymentConfig: props.deployment?._renderComponent(),
    });
    // The name of the endpoint is a literal.
    this.resource.node.addDependency(endpoint);
    grantDescribeAlarms(this, this.resource, role === undefined ? [] : [role], props.deployment?._alarms ?? []);
    if (role !== undefined) this.resource.node.addDependency(role);
    if (props.baseComponent !== undefined) this.resource.node.addDependency(props.baseComponent);
  }

  public override grantInvoke(grantee: iam.IGrantable): iam.Grant {
    return super
      .grantInvoke(grantee)
      .combine(this.endpoint.grantInvoke(grantee))
      .combine(this.endpoint.grantInvokeWithResponseStream(grantee));
  }

  /**
   * Lets the number of copies change by itself.
   *
   * @param bounds between which numbers
   */
  public autoScale(bounds: ComponentScalingOptions): ScalableCopyCount {
    const errors = new ValidationErrors(`Scaling of inference component ${this.node.path}`);
    errors.when(
      this.scaling !== undefined,
      'the component is scaled already: `autoScale` returns what policies are added to',
    );
    errors.when(this.isAdapter, 'an adapter has the copies of its `baseComponent`: scale that');
    checkBounds(errors, bounds, { isAllowed: true, why: '' });
    errors.throwIfAny();
    const { inferenceComponentName, resource } = this;
    const standsDown = resource === undefined;
    this.scaling = ScalableCopyCount._of(this, 'CopyCount', {
      ...bounds,
      inferenceComponentName,
      resource,
      standsDown,
    });
    return this.scaling;
  }

  /**
   * A metric of this component.
   *
   * @param metricName its name in the namespace `AWS/SageMaker`
   * @param options how to look at it
   */
  public metric(metricName: string, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    const dimensionsMap = { InferenceComponentName: this.inferenceComponentName };
    return new cloudwatch.Metric({ namespace: 'AWS/SageMaker', metricName, dimensionsMap, ...options });
  }
}

type Specification = sagemaker.CfnInferenceComponent.InferenceComponentSpecificationProperty;

function renderSpecification(scope: Construct, props: InferenceComponentProps, role?: iam.IRole): Specification {
  const { model, compute, baseComponent } = props;
  return {
    modelName: model?.modelName,
    baseInferenceComponentName: baseComponent?.inferenceComponentName,
    container: renderContainer(scope, props, role),
    computeResourceRequirements: compute && {
      minMemoryRequiredInMb: compute.minMemory.toMebibytes(),
      maxMemoryRequiredInMb: compute.maxMemory?.toMebibytes(),
      numberOfCpuCoresRequired: compute.cpuCores,
      numberOfAcceleratorDevicesRequired: compute.acceleratorDevices,
    },
    startupParameters: renderStartup(props),
  };
}

function renderContainer(
  scope: Construct,
  { container, adapterData }: InferenceComponentProps,
  role?: iam.IRole,
): Specification['container'] {
  const data = (container?.modelData ?? adapterData)?.bind(scope, role);
  if (container === undefined && data === undefined) return undefined;
  return {
    image: container?.image.bind(scope, role).imageUri,
    artifactUrl: data?.modelDataUrl,
    environment: container?.environment,
  };
}

function renderStartup(props: InferenceComponentProps): Specification['startupParameters'] {
  const { modelDataDownloadTimeout: download, startupHealthCheckTimeout: startUp } = props;
  if (download === undefined && startUp === undefined) return undefined;
  return {
    modelDataDownloadTimeoutInSeconds: download?.toSeconds(),
    containerStartupHealthCheckTimeoutInSeconds: startUp?.toSeconds(),
  };
}

/** @throws one error that lists all that is wrong with the definition of an inference component */
function checkComponent(scope: Construct, props: InferenceComponentProps): void {
  const { model, container, adapterData, baseComponent, compute, copyCount, deployment } = props;
  const errors = new ValidationErrors(`Inference component ${scope.node.path}`);
  errors.check('inferenceComponentName', 'InferenceComponentName', props.inferenceComponentName);
  errors.check('variantName', 'VariantName', props.variantName);
  if (baseComponent === undefined) {
    errors.when(
      (model === undefined) === (container === undefined),
      'exactly one of `model` and `container` must be given',
    );
    errors.when(adapterData !== undefined, '`adapterData` is for adapters: give the component a `baseComponent`');
    errors.when(compute === undefined, '`compute` must say what each copy needs of an instance');
  } else {
    errors.when(adapterData === undefined, '`adapterData` must be given: it is what adapts `baseComponent`');
    for (const [property, value] of Object.entries({ model, container, compute, copyCount })) {
      errors.when(value !== undefined, `\`${property}\` is that of \`baseComponent\` and must not be given`);
    }
  }
  checkEnvironment(errors, 'container.environment', container?.environment);
  checkPlace(errors, scope, props);
  errors.checkWholeNumber('copyCount', copyCount);
  errors.check('copyCount', 'InferenceComponentCopyCount', copyCount);
  if (compute !== undefined) checkCompute(errors, compute);
  errors.checkSeconds(
    'modelDataDownloadTimeout',
    'ProductionVariantModelDataDownloadTimeoutInSeconds',
    props.modelDataDownloadTimeout,
  );
  errors.checkSeconds(
    'startupHealthCheckTimeout',
    'ProductionVariantContainerStartupHealthCheckTimeoutInSeconds',
    props.startupHealthCheckTimeout,
  );
  deployment?._checkComponent(errors, copyCount);
  errors.throwIfAny();
}

/** The variant must be there and have no model, and what the component runs must be what components can run. */
function checkPlace(errors: ValidationErrors, scope: Construct, props: InferenceComponentProps): void {
  const { endpoint, variantName, model, container, adapterData } = props;
  const known = endpoint instanceof Endpoint ? endpoint._variants : [];
  const variant = known.find((one) => one.variantName === variantName);
  errors.when(
    known.length > 0 && variant === undefined,
    `\`variantName\` must name a variant of the endpoint (${known.map((one) => one.variantName).join(', ')}), got: "${variantName}"`,
  );
  errors.when(
    variant !== undefined && variant.kind !== 'components',
    `\`variantName\`: "${variantName}" runs a model of its own. Make it with ProductionVariant.inferenceComponents()`,
  );
  errors.when(
    model?.node.defaultChild !== undefined && Stack.of(model) !== Stack.of(scope),
    `\`model\` ${model?.node.path} must be in the same stack as the component. A model is replaced by any change, and an ` +
      'export in use by another stack cannot be',
  );
  errors.when(
    container?.image.usesPrivateRegistry === true,
    '`container.image` must be in Amazon ECR; a `Model` may run an image of a private registry',
  );
  const data = container?.modelData ?? adapterData;
  errors.when(
    data?.uncompressed !== undefined,
    `\`${container?.modelData === undefined ? 'adapterData' : 'container.modelData'}\` must be a \`.tar.gz\`; a \`Model\` may have data that is not packed`,
  );
}

function checkCompute(
  errors: ValidationErrors,
  { minMemory, maxMemory, cpuCores, acceleratorDevices }: ComputeResources,
): void {
  const [min, max] = [minMemory.toMebibytes(), maxMemory?.toMebibytes()];
  errors.check('compute.minMemory (MiB)', 'MemoryInMb', min);
  errors.check('compute.maxMemory (MiB)', 'MemoryInMb', max);
  errors.when(
    isKnown(min) && isKnown(max) && min > max,
    `\`compute.minMemory\` must be at most \`maxMemory\` ${max} MiB, got ${min} MiB`,
  );
  errors.check('compute.cpuCores', 'NumberOfCpuCores', cpuCores);
  errors.checkWholeNumber('compute.acceleratorDevices', acceleratorDevices);
  errors.check('compute.acceleratorDevices', 'NumberOfAcceleratorDevices', acceleratorDevices);
}
