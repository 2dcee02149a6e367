import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { LocalService } from '../../../local/services';
import type { Clock } from '../../../local/services/clock';
import type { EventBus } from '../../../local/services/event-bus';
import type { EvaluatedAccess } from '../../../local/services/iam';
import { parseXml } from '../../../local/services/wire/xml';
import { FakeEngine, type Program } from '../fake-engine';

export interface StartOptions {
  readonly address?: string;
  readonly mounts?: Record<string, string>;
  readonly program?: Program;
  readonly onStartUpLog?: (line: string) => void;
  readonly maxInstances?: number;
  readonly gpus?: boolean;
  readonly endpointQuotas?: Record<string, number>;
  readonly enforceIam?: boolean;
  readonly account?: string;
  readonly peers?: string[];
  readonly onAccess?: (access: EvaluatedAccess) => void;
}

/** The access key of a session of a role. */
interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const USER: Credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** A signed request, as far as the local service reads the signature. */
export const SIGNED_FOR_S3 = { authorization: 'AWS4-HMAC-SHA256 Credential=local/20261124/us-east-1/s3/aws4_request' };

/** A local service with a state directory, for each test of a file. */
export class ServiceFixture {
  public directory = '';
  public engine = new FakeEngine();
  private service?: LocalService;

  /** Starts the service before each test of a file, and removes it afterwards. */
  public static forEachTest(options = (): StartOptions => ({})): ServiceFixture {
    const fixture = new ServiceFixture();
    beforeEach(async () => {
      fixture.directory = mkdtempSync(path.join(tmpdir(), 'service-'));
      await fixture.start(options());
    });
    afterEach(async () => {
      await fixture.stop();
      rmSync(fixture.directory, { recursive: true, force: true });
    });
    return fixture;
  }

  public async start({ program, ...options }: StartOptions = {}): Promise<void> {
    this.engine = new FakeEngine(program);
    const { directory, engine } = this;
    this.service = new LocalService({ directory, port: 0, region: 'us-east-1', engine, ...options });
    await this.service.start();
  }

  public async stop(): Promise<void> {
    await this.service?.close();
  }

  public async restart(options: StartOptions = {}): Promise<void> {
    await this.stop();
    await this.start(options);
  }

  public get url(): string {
    return this.service?.context.url ?? '';
  }

  /** The state changes of the resources. */
  public get events(): EventBus {
    if (this.service === undefined) throw new Error('The service has not been started.');
    return this.service.context.events;
  }

  /** The time of the service. */
  public get clock(): Clock {
    if (this.service === undefined) throw new Error('The service has not been started.');
    return this.service.context.clock;
  }

  public client<T>(Client: new (config: object) => T, region = 'us-east-1', credentials = USER): T {
    return new Client({
      endpoint: this.url,
      region,
      credentials,
      maxAttempts: 1,
      forcePathStyle: true,
    });
  }

  public get s3(): S3Client {
    return this.client(S3Client);
  }

  public get sagemaker(): SageMakerClient {
    return this.client(SageMakerClient);
  }

  public get cloudformation(): CloudFormationClient {
    return this.client(CloudFormationClient);
  }

  /** Moves the time of the service forward. */
  public async advance(seconds: number): Promise<void> {
    if ((await this.send('POST', `/_advance/${seconds}`)) !== 200) throw new Error('The time cannot be moved.');
  }

  /** The time of the service, in milliseconds since 1970. */
  public now(): number {
    return this.service?.context.clock.now() ?? NaN;
  }

  /** Moves the time to the first second of a minute, so that no evaluation comes between two requests of a test. */
  public async startMinute(): Promise<void> {
    const seconds = Math.floor(this.now() / 1000);
    await this.advance(61 - (seconds % 60));
  }

  /** Calls an operation of a service with the query protocol. Returns the members of the response, whose values are all text. */
  public async query(
    name: string,
    Action: string,
    parameters: Record<string, string> = {},
    { accessKeyId } = USER,
  ): Promise<Record<string, never>> {
    const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261124/us-east-1/${name}/aws4_request`;
    const body = new URLSearchParams({ Action, ...parameters });
    const response = await fetch(this.url, { method: 'POST', headers: { authorization }, body });
    const document = parseXml(await response.text()) as Record<string, Record<string, Record<string, never>>>;
    if (response.ok) return document[`${Action}Response`][`${Action}Result`];
    const { Code, Message } = document.ErrorResponse.Error;
    throw new Error(`${String(Code)}: ${String(Message)}`);
  }

  /** The credentials of a session of a role. */
  public async assumeRole(role: string, parameters: Record<string, string> = {}, caller = USER): Promise<Credentials> {
    const RoleArn = `arn:aws:iam::000000000000:role/${role}`;
    const input = { RoleArn, RoleSessionName: 'session', ...parameters };
    const { Credentials: issued } = await this.query('sts', 'AssumeRole', input, caller);
    const { AccessKeyId, SecretAccessKey, SessionToken } = issued as Record<string, string>;
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  }

  /** Sends a request that no client would send. Returns the status of the response. */
  public send(method: string, pathname: string, headers: Record<string, string> = {}): Promise<number> {
    const { hostname, port } = new URL(this.url);
    return new Promise((resolve, reject) => {
      const sent = request({ hostname, port, method, path: pathname, headers }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      });
      sent.on('error', reject);
      sent.end();
    });
  }
}
