import { devDependencies, homepage, version } from '../../package.json';
import type { Values } from './files';

/** The versions of the packages of a project: those that this version of the library is tested with. */
export const VERSIONS: Values = {
  ...devDependencies,
  // One version of the AWS SDK, so that npm installs its shared packages once.
  '@aws-sdk/client-s3': devDependencies['@aws-sdk/client-sagemaker-runtime'],
  'cdk-sagemaker-algorithm': version,
  'aws-cdk-lib': devDependencies['aws-cdk-lib-newest'].replace(/^.*@/, ''),
  homepage,
};
