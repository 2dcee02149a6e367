import type { Construct } from 'constructs';
import { architectureConflict } from '../../image/image-compatibility';
import { checkPrefix } from '../../private/physical-name';
import { ValidationErrors } from '../../private/validation';
import { checkVpcOptions } from '../../private/vpc-access';
import { type ContainerDefinition, checkContainer, imageOf, requirementsOf } from './container-definition';
import { InferenceExecutionMode } from './inference-execution-mode';
import type { ModelProps } from './model-props';

/** @throws one error that lists all that is wrong with the definition of a model */
export function checkModel(scope: Construct, props: ModelProps): void {
  const errors = new ValidationErrors(`Model ${scope.node.path}`);
  checkPrefix(errors, 'modelName', props.modelName);
  if (props.containers === undefined) {
    checkContainer(errors, '', props);
    errors.when(
      props.inferenceExecutionMode !== undefined,
      '`inferenceExecutionMode` is about several `containers`, and there are none',
    );
  } else {
    checkContainers(errors, props, props.containers);
  }
  checkNetwork(errors, props);
  checkImages(errors, props);
  errors.throwIfAny();
}

/** What single containers say, which several say each for itself. */
const OF_ONE_CONTAINER = [
  'image',
  'algorithm',
  'modelData',
  'modelPackage',
  'inferenceSpecificationName',
  'script',
  'multiModel',
  'environment',
  'containerHostname',
] as const;

function checkContainers(errors: ValidationErrors, props: ModelProps, containers: ContainerDefinition[]): void {
  for (const property of OF_ONE_CONTAINER) {
    errors.when(props[property] !== undefined, `\`${property}\` belongs to each of \`containers\` where there are any`);
  }
  errors.check('containers', 'ContainerDefinitionList', containers);
  errors.when(containers.length === 0, '`containers` must have 1 to 15 entries, got 0');
  containers.forEach((container, index) => checkContainer(errors, `containers[${index}].`, container));
  const hostnames = containers.flatMap(({ containerHostname }) => containerHostname ?? []);
  errors.checkUnique('containers.containerHostname', hostnames);
  const isDirect = props.inferenceExecutionMode === InferenceExecutionMode.DIRECT;
  errors.when(
    isDirect && hostnames.length < containers.length,
    '`inferenceExecutionMode` DIRECT needs a `containerHostname` on each of `containers`: callers choose by it',
  );
  errors.when(
    !isDirect && hostnames.length > 0 && hostnames.length < containers.length,
    `\`containers\` must all have a \`containerHostname\` or none, got ${hostnames.length} of ${containers.length}`,
  );
  errors.when(
    !isDirect && containers.length > 1 && containers.some(({ multiModel }) => multiModel !== undefined),
    '`multiModel` is for a container alone, or with `inferenceExecutionMode` DIRECT: a pipeline has no place to say which model is asked',
  );
}

function checkNetwork(errors: ValidationErrors, props: ModelProps): void {
  const { networkIsolation } = props;
  checkVpcOptions(errors, props);
  errors.when(
    networkIsolation === true && [props, ...(props.containers ?? [])].some(({ script }) => script?._isFetched === true),
    '`script` is fetched by the container, and `networkIsolation` leaves no network: let the model bring it (Script.fromModel)',
  );
  const packages = [props, ...(props.containers ?? [])].flatMap(({ modelPackage }) => modelPackage ?? []);
  errors.when(
    networkIsolation === false && packages.some(({ isMarketplaceProduct }) => isMarketplaceProduct === true),
    '`networkIsolation` must not be false: the service hosts products of AWS Marketplace without a network only',
  );
}

function checkImages(errors: ValidationErrors, props: ModelProps): void {
  const containers = props.containers ?? [props];
  containers.forEach((container, index) => {
    const at = props.containers === undefined ? '' : `containers[${index}].`;
    errors.when(
      imageOf(container)?.usesPrivateRegistry === true && props.vpc === undefined,
      `\`${at}image\` is in a private registry, which only a model in a \`vpc\` can reach`,
    );
  });
  const conflict = architectureConflict(containers.map(requirementsOf));
  errors.when(conflict !== undefined, `\`containers\`: ${conflict}`);
}
