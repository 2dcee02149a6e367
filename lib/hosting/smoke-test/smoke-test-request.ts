import { type aws_iam as iam, aws_s3_assets as s3_assets } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { existsSync, statSync } from 'node:fs';
import type { SmokeTestDefinition } from '../../handlers/smoke-test-contract';
import { S3Object } from '../../common/s3-location';
import { LIMITS } from '../../private/contract';
import { ValidationErrors, quote } from '../../private/validation';

/** The text is part of the template and of the event for the handler, whose sizes are limited. */
const MAX_TEXT_BYTES = 4096;

/**
 * The body of the request of a smoke test.
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const endpointConfig: sagemaker.EndpointConfig;
 *
 * new sagemaker.Endpoint(this, 'Endpoint', {
 *   endpointConfig,
 *   smokeTest: {
 *     request: sagemaker.SmokeTestRequest.fromText('5.1,3.5,1.4,0.2'),
 *     contentType: 'text/csv',
 *     expect: [sagemaker.Expectation.status(200)],
 *   },
 * });
 */
export class SmokeTestRequest {
  /**
   * Uses a text, which becomes part of the template.
   *
   * @param text the body, at most 4096 bytes; use `fromFile()` for a larger one
   */
  public static fromText(text: string): SmokeTestRequest {
    const bytes = Buffer.byteLength(text);
    const errors = new ValidationErrors('Smoke test request', 'smoke-tests');
    errors.when(
      bytes > MAX_TEXT_BYTES,
      `\`text\` must have at most ${MAX_TEXT_BYTES} bytes, got ${bytes}: write it to a file, and use SmokeTestRequest.fromFile()`,
    );
    errors.throwIfAny();
    return new SmokeTestRequest(bytes, text, undefined);
  }

  /**
   * Uses a file of any content, for example an image. It is uploaded when the stack is deployed.
   *
   * @param path the path of the file, at most 25 MiB, or 4 MiB for a serverless variant
   */
  public static fromFile(path: string): SmokeTestRequest {
    const isFile = existsSync(path) && statSync(path).isFile();
    const bytes = isFile ? statSync(path).size : 0;
    const errors = new ValidationErrors('Smoke test request', 'smoke-tests');
    errors.when(!isFile, `\`path\` must be the path of a file, got: ${quote(path)}`);
    errors.when(
      bytes > LIMITS.realtimePayloadBytes,
      `\`path\` must be the path of a file of at most ${LIMITS.realtimePayloadBytes} bytes (25 MiB), the limit of a request, got ${bytes}`,
    );
    errors.throwIfAny();
    return new SmokeTestRequest(bytes, undefined, path);
  }

  private constructor(
    /** @internal */
    public readonly _bytes: number,
    private readonly text: string | undefined,
    private readonly path: string | undefined,
  ) {}

  /**
   * Adds the file to the stack and grants permission to read exactly this object.
   *
   * @internal
   */
  public _bind(scope: Construct, grantee: iam.IGrantable): Pick<SmokeTestDefinition, 'Body' | 'BodyUri'> {
    if (this.path === undefined) return { Body: this.text };
    const { bucket, s3ObjectKey } = new s3_assets.Asset(scope, 'Request', { path: this.path });
    const object = new S3Object(bucket, s3ObjectKey);
    object.grantRead(grantee);
    return { BodyUri: object.uri };
  }
}
