import { ECRClient } from '@aws-sdk/client-ecr';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SFNClient } from '@aws-sdk/client-sfn';

/** The clients of the services that know a part of the lineage. */
export interface Clients {
  readonly sagemaker: SageMakerClient;
  readonly stepFunctions: SFNClient;
  readonly s3: S3Client;
  readonly ecr: ECRClient;
}

/** Clients with the credentials of the environment, for the region of an ARN. */
export function clientsFor(region: string, endpoint: string | undefined): Clients {
  // The bundled clients run on each version of Node.js that this package supports.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const config = { region, endpoint };
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3 } = process.env;
  return {
    sagemaker: new SageMakerClient(config),
    stepFunctions: new SFNClient(config),
    // The host of another endpoint has no subdomains for buckets.
    s3: new S3Client({
      ...config,
      forcePathStyle: (endpoint ?? AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL) !== undefined,
    }),
    ecr: new ECRClient(config),
  };
}
