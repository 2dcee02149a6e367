import type { Construct } from 'constructs';
import { checkInferenceSpecification } from '../algorithm/inference-specification';
import { checkPrefix } from '../private/physical-name';
import { Faults } from '../private/validation';
import type { ModelPackageProps } from './model-package';

/** @throws one error that lists all that is wrong with the definition of a model package */
export function checkModelPackage(scope: Construct, props: ModelPackageProps): void {
  const faults = new Faults(`Model package ${scope.node.path}`);
  faults.check('description', 'EntityDescription', props.description);
  checkSource(faults, props);
  if (props.group === undefined) checkUnversioned(faults, props);
  else checkVersion(faults, props);
  faults.throwIfAny();
}

function checkSource(faults: Faults, { algorithm, image, inference }: ModelPackageProps): void {
  if (algorithm === undefined) {
    faults.when(
      image === undefined || inference === undefined,
      'either `algorithm`, or `image` and `inference` must be given: they say what serves the data',
    );
  } else {
    faults.when(
      image !== undefined || inference !== undefined,
      '`image` and `inference` must not be given together with `algorithm`, which says both',
    );
    faults.when(
      algorithm.specification !== undefined && algorithm.specification.inference === undefined,
      `\`algorithm\` ${algorithm.node.path} only trains: give it \`inference\`, or give \`image\` and \`inference\` here`,
    );
  }
  if (inference !== undefined) checkInferenceSpecification(faults, inference);
}

function checkVersion(faults: Faults, props: ModelPackageProps): void {
  const { modelPackageName, certifyForMarketplace, revision } = props;
  for (const [property, value] of Object.entries({ modelPackageName, certifyForMarketplace, revision })) {
    faults.when(value !== undefined, `\`${property}\` is for unversioned packages, and \`group\` makes this a version`);
  }
}

function checkUnversioned(faults: Faults, { approvalStatus, inference, modelPackageName }: ModelPackageProps): void {
  checkPrefix(faults, 'modelPackageName', modelPackageName);
  faults.when(approvalStatus !== undefined, '`approvalStatus` is for versions: give the package a `group`');
  if (inference === undefined) return;
  for (const property of ['realtimeInstanceTypes', 'transformInstanceTypes'] as const) {
    faults.when(
      inference[property] === undefined || inference[property].length === 0,
      `\`inference.${property}\` must have at least 1 entry in an unversioned package`,
    );
  }
}
