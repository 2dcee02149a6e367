import type { Construct } from 'constructs';
import { architectureConflict } from '../../image/image-compatibility';
import { checkEnvironmentSize } from '../../algorithm/inference-container';
import { checkPrefix } from '../../private/physical-name';
import { releaseConditionOf } from '../../private/release-condition';
import { ValidationErrors } from '../../private/validation';
import { checkVpcOptions } from '../../private/vpc-access';
import { type ContainerDefinition, checkContainer, imageOf, requirementsOf } from './container-definition';
import { InferenceExecutionMode } from './inference-execution-mode';
import type { ModelProps } from './model-props';
import { needsScriptInModel } from './repacked-model-data';

/** @throws an error that lists all validation errors of the model */
export function checkModel(scope: Construct, props: ModelProps): void {
  const errors = new ValidationErrors(`Model ${scope.node.path}`, 'models');
  errors.requireTypes('ModelProps', props);
  checkPrefix(errors, 'modelName', props.modelName);
  if (props.containers === undefined) {
    checkContainer(scope, errors, '', props);
    errors.when(props.inferenceExecutionMode !== undefined, '`inferenceExecutionMode` requires `containers`');
  } else {
    checkContainers(scope, errors, props, props.containers);
  }
  checkReleasedName(errors, props);
  checkNetwork(errors, props);
  checkImages(errors, props);
  errors.throwIfAny();
}

/** The properties of a container, which must not be specified next to `containers`. */
const CONTAINER_PROPERTIES = [
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

function checkContainers(
  scope: Construct,
  errors: ValidationErrors,
  props: ModelProps,
  containers: ContainerDefinition[],
): void {
  for (const property of CONTAINER_PROPERTIES) {
    errors.when(
      props[property] !== undefined,
      `\`${property}\` must not be specified with \`containers\`: specify it for each container`,
    );
  }
  errors.check('containers', 'ContainerDefinitionList', containers);
  errors.when(containers.length === 0, '`containers` must have 1 to 15 entries, got 0');
  containers.forEach((container, index) => checkContainer(scope, errors, `containers[${index}].`, container));
  const hostnames = containers.flatMap(({ containerHostname }) => containerHostname ?? []);
  errors.checkUnique('containers.containerHostname', hostnames);
  const isDirect = props.inferenceExecutionMode === InferenceExecutionMode.DIRECT;
  errors.when(
    isDirect && hostnames.length < containers.length,
    '`inferenceExecutionMode` DIRECT requires a `containerHostname` for each of `containers`: callers select a container by it',
  );
  errors.when(
    !isDirect && hostnames.length > 0 && hostnames.length < containers.length,
    `either all \`containers\` or none must have a \`containerHostname\`, got ${hostnames.length} of ${containers.length}`,
  );
  errors.when(
    !isDirect && containers.filter(({ multiModel }) => multiModel !== undefined).length > 1,
    '`multiModel` must be set for at most one of `containers`, or `inferenceExecutionMode` must be DIRECT: a request to a serial inference pipeline selects one model',
  );
  checkEnvironmentSize(errors, 'the environment variables of all `containers`', containers);
}

/** The hash in a name does not change with the released version. */
function checkReleasedName(errors: ValidationErrors, props: ModelProps): void {
  const packages = (props.containers ?? [props]).map(({ modelPackage }) => modelPackage);
  errors.when(
    props.modelName !== undefined && releaseConditionOf(...packages) !== undefined,
    '`modelName` must not be specified for a released model package: each release replaces the model, and the replacement would have ' +
      'the same name. Omit it, so that CloudFormation generates a name',
  );
}

function checkNetwork(errors: ValidationErrors, props: ModelProps): void {
  const { networkIsolation } = props;
  checkVpcOptions(errors, props);
  errors.when(
    networkIsolation === true &&
      [props, ...(props.containers ?? [])].some((one) => one.script?._isFetched === true && !needsScriptInModel(one)),
    '`script` must be part of the model data with `networkIsolation`, because the container cannot download it: use Script.fromModel()',
  );
  const packages = [props, ...(props.containers ?? [])].flatMap(({ modelPackage }) => modelPackage ?? []);
  errors.when(
    networkIsolation === false && packages.some(({ isMarketplaceProduct }) => isMarketplaceProduct === true),
    '`networkIsolation` must not be false for a product from AWS Marketplace',
  );
}

function checkImages(errors: ValidationErrors, props: ModelProps): void {
  const containers = props.containers ?? [props];
  containers.forEach((container, index) => {
    const at = props.containers === undefined ? '' : `containers[${index}].`;
    errors.when(
      imageOf(container)?.usesPrivateRegistry === true && props.vpc === undefined,
      `\`${at}image\` in a private registry requires a \`vpc\``,
    );
  });
  const conflict = architectureConflict(containers.map(requirementsOf));
  errors.when(conflict !== undefined, `\`containers\`: ${conflict}`);
}
