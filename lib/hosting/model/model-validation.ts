import type { Construct } from 'constructs';
import { clash } from '../../image/image-compatibility';
import { checkPrefix } from '../../private/physical-name';
import { Faults } from '../../private/validation';
import { type BoundContainer, type ContainerDefinition, checkContainer } from './container-definition';
import { InferenceExecutionMode } from './inference-execution-mode';
import type { ModelProps } from './model';

/** @throws one error that lists all that is wrong with the definition of a model */
export function checkModel(scope: Construct, props: ModelProps): void {
  const faults = new Faults(`Model ${scope.node.path}`);
  checkPrefix(faults, 'modelName', props.modelName);
  if (props.containers === undefined) {
    checkContainer(faults, '', props);
    faults.when(props.execution !== undefined, '`execution` is about several `containers`, and there are none');
  } else {
    checkContainers(faults, props, props.containers);
  }
  checkNetwork(faults, props);
  faults.throwIfAny();
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

function checkContainers(faults: Faults, props: ModelProps, containers: ContainerDefinition[]): void {
  for (const property of OF_ONE_CONTAINER) {
    faults.when(props[property] !== undefined, `\`${property}\` belongs to each of \`containers\` where there are any`);
  }
  faults.check('containers', 'ContainerDefinitionList', containers);
  faults.when(containers.length === 0, '`containers` must have 1 to 15 entries, got 0');
  containers.forEach((container, index) => checkContainer(faults, `containers[${index}].`, container));
  const hostnames = containers.flatMap(({ containerHostname }) => containerHostname ?? []);
  faults.checkUnique('containers.containerHostname', hostnames);
  const isDirect = props.execution === InferenceExecutionMode.DIRECT;
  faults.when(
    isDirect && hostnames.length < containers.length,
    '`execution` DIRECT needs a `containerHostname` on each of `containers`: callers choose by it',
  );
  faults.when(
    !isDirect && hostnames.length > 0 && hostnames.length < containers.length,
    `\`containers\` must all have a \`containerHostname\` or none, got ${hostnames.length} of ${containers.length}`,
  );
  faults.when(
    !isDirect && containers.length > 1 && containers.some(({ multiModel }) => multiModel !== undefined),
    '`multiModel` is for a container alone, or with `execution` DIRECT: a pipeline has no place to say which model is asked',
  );
}

function checkNetwork(faults: Faults, props: ModelProps): void {
  const { vpc, vpcSubnets, securityGroups, networkIsolation } = props;
  faults.when(
    vpc === undefined && (vpcSubnets !== undefined || securityGroups !== undefined),
    '`vpcSubnets` and `securityGroups` need a `vpc`',
  );
  faults.check('securityGroups', 'VpcSecurityGroupIds', securityGroups);
  faults.when(
    networkIsolation === true && [props, ...(props.containers ?? [])].some(({ script }) => script?._isFetched === true),
    '`script` is fetched by the container, and `networkIsolation` leaves no network: let the model bring it (Script.fromModel)',
  );
  const packages = [props, ...(props.containers ?? [])].flatMap(({ modelPackage }) => modelPackage ?? []);
  faults.when(
    networkIsolation === false && packages.some(({ isMarketplaceProduct }) => isMarketplaceProduct === true),
    '`networkIsolation` must not be false: the service hosts products of AWS Marketplace without a network only',
  );
}

/** What is known only when images and data are bound. */
export function checkBoundModel(scope: Construct, props: ModelProps, bound: BoundContainer[]): void {
  const faults = new Faults(`Model ${scope.node.path}`);
  const containers = props.containers ?? [props];
  containers.forEach(({ multiModel }, index) => {
    const at = props.containers === undefined ? '' : `containers[${index}].`;
    faults.when(
      multiModel !== undefined && !bound[index].isPrefix,
      `\`${at}modelData\` must be ModelData.fromPrefix(): with \`multiModel\` the container loads the archives below it`,
    );
    faults.when(
      bound[index].usesPrivateRegistry && props.vpc === undefined,
      `\`${at}image\` is in a private registry, which only a model in a \`vpc\` can reach`,
    );
  });
  const fault = clash(bound.map(({ needs }) => needs));
  faults.when(fault !== undefined, `\`containers\`: ${fault}`);
  faults.throwIfAny();
}
