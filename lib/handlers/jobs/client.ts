import { SageMakerClient, type SageMakerClientConfig } from '@aws-sdk/client-sagemaker';

/**
 * A client that sends the input of each command as it is. The serializer of the SDK drops the members that the API did not have when the
 * handler was built, or that no handler names, but a request can contain them. The later steps, which sign and retry the request, process
 * the replaced body.
 */
export function newClient(config: SageMakerClientConfig): SageMakerClient {
  const client = new SageMakerClient(config);
  client.middlewareStack.add(
    (next) => (args) => {
      (args.request as { body: string }).body = JSON.stringify(args.input);
      return next(args);
    },
    // Runs after the serializer, which has the priority "normal".
    { step: 'serialize', priority: 'low', name: 'sendInputAsGiven' },
  );
  return client;
}
