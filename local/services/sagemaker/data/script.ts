import { parseS3Uri } from '../../../aws-model/s3-uri';
import type { BucketsOfRole } from '../../s3';

/**
 * The archive of a script that the toolkits of SageMaker download when a container starts. Containers have no access to the local
 * service: it extracts the archive itself, to the directory in which the toolkits first look for files.
 *
 * @param location - the value of `sagemaker_submit_directory` or `SAGEMAKER_SUBMIT_DIRECTORY`; the SageMaker Python SDK encodes
 *   hyperparameters as JSON
 * @returns undefined if the script is in the image or in the model
 */
export function scriptArchive(s3: BucketsOfRole, location = ''): string | undefined {
  const uri = location.replace(/^"(.*)"$/, '$1');
  if (!uri.startsWith('s3://')) return undefined;
  const { bucket, key } = parseS3Uri(uri);
  return s3.file(bucket, key);
}
