import { devDependencies, homepage, version } from '../../package.json';
import type { Values } from './files';

/** The versions of the packages of a project: those that this version of the library is tested with. */
export const VERSIONS: Values = {
  ...devDependencies,
  'cdk-sagemaker-algorithm': version,
  'aws-cdk-lib': devDependencies['aws-cdk-lib-newest'].replace(/^.*@/, ''),
  homepage,
};
