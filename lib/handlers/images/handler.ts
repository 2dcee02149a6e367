import type { VerificationProperties } from '../image-contract';
import { type Answerable, answer, failed } from '../shared/answer';
import type { Dependencies } from './dependencies';
import { verify } from './verify';

/** What CloudFormation sends about a verification. */
export interface VerificationEvent extends Answerable {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: VerificationProperties;
}

/**
 * The handler of images: looks whether SageMaker will take an image, and pins it by its digest. It changes nothing, so that any
 * event may come twice, late or out of order.
 */
export async function handle(event: VerificationEvent, dependencies: Dependencies): Promise<void> {
  await answer(event, await outcomeOf(event, dependencies), dependencies);
}

async function outcomeOf(event: VerificationEvent, dependencies: Dependencies): Promise<object> {
  const { RequestType, PhysicalResourceId = 'unverified', ResourceProperties: properties } = event;
  if (RequestType === 'Delete') return { Status: 'SUCCESS', PhysicalResourceId };
  try {
    const Data = await verify(properties, dependencies);
    return { Status: 'SUCCESS', PhysicalResourceId: Data.ImageUri, Data };
  } catch (error) {
    return failed(error as Error, PhysicalResourceId);
  }
}
