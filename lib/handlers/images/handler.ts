import type { VerificationProperties } from '../image-contract';
import { type Outcome, type ResourceEvent, respond } from '../shared/response';
import type { Dependencies } from './dependencies';
import { verify } from './verify';

/** The CloudFormation event of a custom resource that verifies an image. */
export interface VerificationEvent extends ResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: VerificationProperties;
}

/**
 * The handler of images. It verifies that SageMaker supports an image, and returns its URI with the digest. It only reads, so that
 * events can be delivered twice, late or out of order.
 */
export async function handle(event: VerificationEvent, dependencies: Dependencies, functionEnd: number): Promise<void> {
  const { PhysicalResourceId = 'unverified' } = event;
  await respond(event, PhysicalResourceId, () => onEvent(event, dependencies), dependencies, functionEnd);
}

async function onEvent(event: VerificationEvent, dependencies: Dependencies): Promise<Outcome> {
  const { RequestType, PhysicalResourceId = 'unverified', ResourceProperties: properties } = event;
  if (RequestType === 'Delete') return { PhysicalResourceId };
  const Data = await verify(properties, dependencies);
  return { PhysicalResourceId: Data.ImageUri, Data };
}
