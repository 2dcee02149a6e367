import { ECRClient } from '@aws-sdk/client-ecr';
import { type FunctionContext, functionEnd } from '../shared/function-end';
import { put } from '../shared/response';
import { SYSTEM_CLOCK } from '../shared/retry';
import type { Dependencies } from './dependencies';
import { type VerificationEvent, handle } from './handler';

const AWS: Dependencies = {
  ecr: new ECRClient({ maxAttempts: 5 }),
  get: async (url) => {
    const response = await fetch(url);
    const text = await response.text();
    if (response.ok) return text;
    throw Object.assign(new Error(`GET: HTTP ${response.status}`), { $metadata: { httpStatusCode: response.status } });
  },
  put,
  ...SYSTEM_CLOCK,
};

export const handler = (event: VerificationEvent, context?: FunctionContext): Promise<void> =>
  handle(event, AWS, functionEnd(context));
