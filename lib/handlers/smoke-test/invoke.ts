import { InvokeEndpointCommand, type InvokeEndpointCommandOutput } from '@aws-sdk/client-sagemaker-runtime';
import { isTemporary } from '../shared/retry';
import type { SmokeTestDefinition, SmokeTestProperties } from '../smoke-test-contract';
import type { Dependencies } from './dependencies';

/** A request to an endpoint. */
export interface Invocation {
  readonly properties: SmokeTestProperties;
  readonly test: SmokeTestDefinition;
  readonly body: Uint8Array;
  readonly variant?: string;
}

/** The response of a container; without a status if it did not respond in time. */
export interface TestResponse {
  readonly status?: number;
  readonly body: string;
  readonly timeoutSeconds: number;
}

/** The error of a container that does not respond with a 2xx status. */
interface ModelError extends Error {
  readonly OriginalStatusCode?: number;
  readonly OriginalMessage?: string;
}

/** A container that has just started can fail once: only the last of these attempts counts. */
const ATTEMPTS = 3;
const PAUSE_MS = 5_000;

/** The time in which errors of the service and of permissions disappear. */
const SERVICE_DEADLINE_MS = 3 * 60_000;

/**
 * Invokes an endpoint. Errors of the service are retried, and so are time-outs and 5xx responses of the container.
 *
 * @throws an error if the service does not invoke the container
 */
export async function invoke(
  invocation: Invocation,
  dependencies: Dependencies,
  functionDeadline: number,
): Promise<TestResponse> {
  const deadline = Math.min(functionDeadline, dependencies.now() + SERVICE_DEADLINE_MS);
  for (let attempt = 1; ;) {
    const response = await send(invocation, dependencies).catch((error: Error) => {
      if (isRetryable(error) && dependencies.now() + PAUSE_MS <= deadline) return undefined;
      const { name, message } = error;
      throw new Error(
        `Smoke test not performed: ${name} of endpoint ${invocation.properties.EndpointName}: ${message}`,
      );
    });
    const isFinal = response !== undefined && (isDefinite(response) || attempt++ === ATTEMPTS);
    if (response !== undefined && (isFinal || dependencies.now() + PAUSE_MS > functionDeadline)) return response;
    await dependencies.sleep(PAUSE_MS);
  }
}

/** A response of the container that another attempt would not change. */
function isDefinite({ status }: TestResponse): boolean {
  return status !== undefined && status < 500;
}

/** A new endpoint or variant can be unknown to the service for a moment. */
function isRetryable(error: Error): boolean {
  return isTemporary(error) || /not found|could not find/i.test(error.message);
}

async function send(invocation: Invocation, { runtime }: Dependencies): Promise<TestResponse> {
  const { properties, test, body, variant } = invocation;
  const timeoutSeconds = test.TimeoutSeconds;
  const command = new InvokeEndpointCommand({
    EndpointName: properties.EndpointName,
    InferenceComponentName: properties.InferenceComponentName,
    TargetVariant: variant,
    TargetModel: test.TargetModel,
    TargetContainerHostname: test.TargetContainerHostname,
    ContentType: test.ContentType,
    Accept: test.Accept,
    Body: body,
  });
  const abortSignal = AbortSignal.timeout(timeoutSeconds * 1000);
  return runtime.send(command, { abortSignal }).then(
    ({ Body, $metadata }: InvokeEndpointCommandOutput) => ({
      status: $metadata.httpStatusCode,
      body: Buffer.from(Body ?? []).toString(),
      timeoutSeconds,
    }),
    (error: ModelError) => {
      if (error.name === 'AbortError' || error.name === 'TimeoutError') return { body: '', timeoutSeconds };
      if (error.name !== 'ModelError') throw error;
      return { status: error.OriginalStatusCode, body: error.OriginalMessage ?? error.message, timeoutSeconds };
    },
  );
}
