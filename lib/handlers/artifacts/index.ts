import { S3Client } from '@aws-sdk/client-s3';
import { type FunctionContext, functionEnd } from '../shared/function-end';
import { put } from '../shared/response';
import { SYSTEM_CLOCK } from '../shared/retry';
import type { Dependencies } from './dependencies';
import { type RepackingEvent, handle } from './handler';

const AWS: Dependencies = {
  s3: new S3Client({ maxAttempts: 5 }),
  put,
  ...SYSTEM_CLOCK,
};

export const handler = (event: RepackingEvent, context?: FunctionContext): Promise<void> =>
  handle(event, AWS, functionEnd(context));
