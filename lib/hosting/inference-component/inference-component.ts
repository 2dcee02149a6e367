import {
  Names,
  Resource,
  Stack,
  aws_cloudwatch as cloudwatch,
  aws_iam as iam,
  aws_sagemaker as sagemaker,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkImage, checkInstanceType } from '../../image/image-compatibility';
import { ImagePurpose } from '../../image/provided-image-options';
import { checkEnvironment } from '../../algorithm/inference-container';
import type { InstanceType } from '../../common/instance-type';
import { sagemakerArn } from '../../private/arn';
import { ENDPOINT } from '../../private/grants';
import { grantDescribeAlarms } from '../../private/rollback-permissions';
import { checkBounds } from '../../private/scaling';
import { requireUniqueName } from '../../private/physical-name';
import { applyReleaseCondition, recordReleaseCondition, releaseConditionOf } from '../../private/release-condition';
import { validateTags } from '../../private/tags';
import { ValidationErrors, isKnown, mebibytesOf } from '../../private/validation';
import { recordInstanceType } from '../model/model';
import { type SmokeTest, checkRequest } from '../smoke-test/smoke-test';
import { SmokeTestResource } from '../smoke-test/smoke-test-resource';
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
 * An inference component: a model that shares the instances of an endpoint with other models. It specifies the compute
 * resources of each copy and the number of copies.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/realtime-endpoints-deploy-models.html
 * @resource AWS::SageMaker::InferenceComponent
 *
 * @example
 * import { Size } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const endpoint: sagemaker.Endpoint;
 * declare const model: sagemaker.Model;
 *
 * const component = new sagemaker.InferenceComponent(this, 'Component', {
 *   endpoint,
 *   variantName: 'shared',
 *   model,
 *   compute: { minMemory: Size.gibibytes(4), acceleratorDevices: 1 },
 * });
 */
export class InferenceComponent extends InferenceComponentBase {
  /**
   * Imports an existing inference component of this account and region by its name.
   *
   * @param scope the parent construct
   * @param id the construct ID
   * @param inferenceComponentName the name of the inference component
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
    // A disabled endpoint has no instances.
    if (endpoint instanceof Endpoint && endpoint._isDisabled) return;

    const specification = renderSpecification(this, props, role);
    this.resource = new sagemaker.CfnInferenceComponent(this, 'Resource', {
      inferenceComponentName: this.inferenceComponentName,
      endpointName: endpoint.endpointName,
      variantName,
      specification,
      // The copies of the base component host the adapter.
      runtimeConfig: props.baseComponent === undefined ? { copyCount } : undefined,
      deploymentConfig: props.deployment?._renderComponent(),
    });
    requireUniqueName(this, 'inferenceComponentName', this.inferenceComponentName);
    validateTags(this, this.resource);
    const condition = releaseConditionOf(endpoint, props.model, props.baseComponent);
    applyReleaseCondition(this.resource, condition);
    recordReleaseCondition(this, condition);
    // The endpoint name is a literal, which implies no dependency.
    this.resource.node.addDependency(endpoint);
    grantDescribeAlarms(this, this.resource, role === undefined ? [] : [role], props.deployment?._alarms ?? []);
    if (role !== undefined) this.resource.node.addDependency(role);
    if (props.baseComponent !== undefined) this.resource.node.addDependency(props.baseComponent);
    if (props.smokeTest !== undefined) this.addSmokeTest(this.resource, props, specification);
  }

  private addSmokeTest(
    tested: sagemaker.CfnInferenceComponent,
    { smokeTest: test, endpoint, model }: InferenceComponentProps,
    specification: Specification,
  ): void {
    if (test === undefined) return;
    new SmokeTestResource(this, 'SmokeTest', {
      test,
      tested,
      endpoint: { name: endpoint.endpointName, arn: endpoint.endpointArn },
      component: { name: this.inferenceComponentName, arn: this.inferenceComponentArn },
      models: model === undefined ? [] : [model],
      variantNames: [],
      specification,
    });
  }

  public override grantInvoke(grantee: iam.IGrantable): iam.Grant {
    return super
      .grantInvoke(grantee)
      .combine(this.endpoint.grantInvoke(grantee))
      .combine(this.endpoint.grantInvokeWithResponseStream(grantee));
  }

  /**
   * Enables automatic scaling of the number of copies. Add scaling policies to the result.
   *
   * @param options the minimum and maximum number of copies
   */
  public autoScale(options: ComponentScalingOptions): ScalableCopyCount {
    const errors = new ValidationErrors(`Scaling of inference component ${this.node.path}`, 'inference-components');
    errors.when(this.scaling !== undefined, '`autoScale` must be called only once: add scaling policies to its result');
    errors.when(this.isAdapter, '`autoScale` is not supported for an adapter: scale its `baseComponent`');
    checkBounds(errors, options, { isAllowed: true, why: '' });
    errors.throwIfAny();
    const { inferenceComponentName, resource } = this;
    const isDisabled = resource === undefined;
    this.scaling = ScalableCopyCount._of(this, 'CopyCount', {
      ...options,
      inferenceComponentName,
      resource,
      isDisabled,
    });
    applyReleaseCondition(this.scaling, releaseConditionOf(this));
    return this.scaling;
  }

  /**
   * Returns a metric of this inference component.
   *
   * @param metricName the name of a metric in the namespace `AWS/SageMaker`
   * @param options metric options
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

/** @throws an error that lists all validation errors of the inference component */
function checkComponent(scope: Construct, props: InferenceComponentProps): void {
  const errors = new ValidationErrors(`Inference component ${scope.node.path}`, 'inference-components');
  errors.requireTypes('InferenceComponentProps', props);
  const { model, container, adapterData, baseComponent, compute, copyCount, deployment } = props;
  errors.check('inferenceComponentName', 'InferenceComponentName', props.inferenceComponentName);
  errors.check('variantName', 'VariantName', props.variantName);
  if (baseComponent === undefined) {
    errors.when(
      (model === undefined) === (container === undefined),
      'exactly one of `model` and `container` must be specified',
    );
    errors.when(adapterData !== undefined, '`adapterData` requires `baseComponent`');
    errors.when(compute === undefined, '`compute` is required: specify the resources of a copy');
  } else {
    errors.when(adapterData === undefined, '`adapterData` is required with `baseComponent`');
    for (const [property, value] of Object.entries({ model, container, compute, copyCount })) {
      errors.when(value !== undefined, `\`${property}\` must not be specified with \`baseComponent\``);
    }
  }
  checkEnvironment(errors, 'container.environment', container?.environment);
  checkPlacement(errors, scope, props);
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
  if (props.smokeTest !== undefined) checkComponentTest(errors, props.smokeTest);
  errors.throwIfAny();
}

/** Checks that the variant exists and is for inference components, and that they support the model data and the image. */
function checkPlacement(errors: ValidationErrors, scope: Construct, props: InferenceComponentProps): void {
  const { endpoint, variantName, model } = props;
  const variants = endpoint instanceof Endpoint ? endpoint._variants : [];
  const variant = variants.find((one) => one.variantName === variantName);
  errors.when(
    variants.length > 0 && variant === undefined,
    `\`variantName\` must be the name of a variant of the endpoint (${variants.map((one) => one.variantName).join(', ')}), got: "${variantName}"`,
  );
  errors.when(
    variant !== undefined && variant.kind !== 'components',
    `\`variantName\` must be the name of a variant for inference components, got: "${variantName}". Create the variant with ` +
      'ProductionVariant.inferenceComponents()',
  );
  errors.when(
    model?.node.defaultChild !== undefined && Stack.of(model) !== Stack.of(scope),
    `\`model\` ${model?.node.path} must be in the same stack as the inference component. Any change replaces a model, but an ` +
      'export cannot change while another stack imports it',
  );
  checkSource(scope, errors, props, variant?.instanceTypes ?? []);
}

/** Checks that the variant can run the model or the container. */
function checkSource(
  scope: Construct,
  errors: ValidationErrors,
  { model, container, adapterData }: InferenceComponentProps,
  instanceTypes: InstanceType[],
): void {
  errors.when(
    container?.image.usesPrivateRegistry === true,
    '`container.image` must be in Amazon ECR: use a `Model` for an image in a private registry',
  );
  if (container !== undefined) {
    checkImage(scope, errors, container.image, {
      property: 'container.image',
      purpose: ImagePurpose.INFERENCE,
      instanceTypes: { variantName: instanceTypes },
    });
  }
  if (model !== undefined) {
    for (const type of instanceTypes) {
      checkInstanceType(scope, errors, model, { property: 'variantName', type });
      recordInstanceType(model, type);
    }
  }
  const data = container?.modelData ?? adapterData;
  const property = container?.modelData === undefined ? 'adapterData' : 'container.modelData';
  data?._location?._checkEnvironment(scope, errors, property);
  errors.when(
    data?.uncompressed !== undefined,
    `\`${property}\` must be a \`.tar.gz\` archive: use a \`Model\` for uncompressed model data`,
  );
}

function checkComponentTest(errors: ValidationErrors, test: SmokeTest): void {
  checkRequest(errors, test);
  errors.when(
    test.targetVariant !== undefined,
    '`smokeTest.targetVariant` must not be specified for an inference component, which is invoked by its name',
  );
}

function checkCompute(
  errors: ValidationErrors,
  { minMemory, maxMemory, cpuCores, acceleratorDevices }: ComputeResources,
): void {
  errors.checkSize('compute.minMemory', 'MiB', 'MemoryInMb', minMemory);
  errors.checkSize('compute.maxMemory', 'MiB', 'MemoryInMb', maxMemory);
  const [min, max] = [minMemory, maxMemory].map(mebibytesOf);
  errors.when(
    isKnown(min) && isKnown(max) && min > max,
    `\`compute.minMemory\` must be at most \`maxMemory\` ${max} MiB, got ${min} MiB`,
  );
  errors.check('compute.cpuCores', 'NumberOfCpuCores', cpuCores);
  // The API declares a fraction, but an instance allocates whole devices.
  errors.checkWholeNumber('compute.acceleratorDevices', acceleratorDevices);
  errors.check('compute.acceleratorDevices', 'NumberOfAcceleratorDevices', acceleratorDevices);
}
