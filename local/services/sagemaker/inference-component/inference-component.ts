import type {
  CreateInferenceComponentCommandInput,
  InferenceComponentSpecification,
  UpdateInferenceComponentCommandInput,
} from '@aws-sdk/client-sagemaker';
import { validationError } from '../../../aws-model/service-error';
import { notSupported } from '../../../aws-model/not-supported';
import type { Wire } from '../../wire/record';

export type Specification = Wire<InferenceComponentSpecification>;

/** The record of an inference component. */
export type InferenceComponent = Omit<Wire<CreateInferenceComponentCommandInput>, 'RuntimeConfig' | 'Tags'> & {
  readonly InferenceComponentName: string;
  readonly InferenceComponentArn: string;
  readonly EndpointName: string;
  readonly EndpointArn: string;
  readonly VariantName: string;
  readonly Specification: Specification;
  readonly RuntimeConfig: { readonly DesiredCopyCount: number; readonly CurrentCopyCount: number };
  readonly InferenceComponentStatus: string;
  readonly FailureReason?: string;
  readonly LastDeploymentConfig?: Wire<UpdateInferenceComponentCommandInput>['DeploymentConfig'];
  readonly CreationTime: number;
  readonly LastModifiedTime: number;
};

/** The specification, as DescribeInferenceComponent returns it. */
export function describedSpecification({ Specification, CreationTime }: InferenceComponent): object {
  if (Specification.Container === undefined) return Specification;
  const { Image, ArtifactUrl, Environment } = Specification.Container;
  const DeployedImage = { SpecifiedImage: Image, ResolvedImage: Image, ResolutionTime: CreationTime };
  return { ...Specification, Container: { DeployedImage, ArtifactUrl, Environment } };
}

/** Validates a specification, and returns it. */
export function checkedSpecification(specification: Specification | undefined): Specification {
  const ensure = (condition: boolean, rule: string): void => {
    if (!condition) throw validationError(rule);
  };
  const {
    BaseInferenceComponentName,
    ModelName,
    Container,
    ComputeResourceRequirements: compute,
  } = specification ?? {};
  ensure(
    BaseInferenceComponentName === undefined,
    notSupported('sagemaker', 'adapters of a base inference component: BaseInferenceComponentName'),
  );
  ensure(
    compute === undefined || !('AcceleratorPartitionType' in compute),
    notSupported('sagemaker', 'partitions of accelerators: AcceleratorPartitionType'),
  );
  ensure(
    (ModelName === undefined) !== (Container === undefined),
    'Exactly one of ModelName and Container is required.',
  );
  ensure(Container === undefined || Container.Image !== undefined, 'Container requires an Image.');
  ensure(compute !== undefined, 'ComputeResourceRequirements is required.');
  return specification ?? {};
}
