import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { unzipSync } from 'fflate';
import { ServiceError } from '../../aws-model/service-error';
import type { Caller } from '../access';
import type { Context } from '../context';
import type { Permissions } from '../iam';
import { type Logs, logWriter } from '../logs';
import type { Store } from '../store';

export interface LambdaFunction {
  readonly name: string;
  readonly arn: string;
  readonly handler: string;

  /** The ARN of the execution role. */
  readonly role: string;
  readonly environment: Record<string, string>;
  readonly timeoutSeconds: number;
  readonly logGroup: string;
}

/** The duration of a session of a role, which is longer than that of an invocation. */
const SESSION_SECONDS = 3600;

/**
 * The program of the child process: it calls the handler once, and writes the result to file descriptor 3. Functions of custom resources
 * that always respond over HTTPS reach the local service, which only has HTTP. The time is that of the local service, which can be
 * advanced.
 */
const INVOKE = `
const { now } = Date;
const offset = Number(process.env.BYOA_CLOCK_OFFSET);
globalThis.Date = class extends Date {
  constructor(...time) {
    super(...(time.length === 0 ? [now() + offset] : time));
  }
  static now() {
    return now() + offset;
  }
};
const [http, https] = [require('http'), require('https')];
const service = new URL(process.env.AWS_ENDPOINT_URL);
const { request } = https;
https.request = (options, ...rest) =>
  options.hostname === service.hostname && !options.port
    ? http.request({ ...options, port: service.port, agent: undefined }, ...rest)
    : request(options, ...rest);
const [file, name] = process.env._HANDLER.split('.');
const respond = (value) => require('fs').writeSync(3, JSON.stringify(value));
let text = '';
process.stdin.on('data', (chunk) => (text += chunk)).on('end', async () => {
  try {
    const handler = require(require('path').resolve(file))[name];
    respond({ value: (await handler(JSON.parse(text), { getRemainingTimeInMillis: () => 900000 })) ?? null });
  } catch (error) {
    const { name = 'Error', message = String(error), stack = '' } = error ?? {};
    respond({ error: { name, message, trace: stack.split('\\n') } });
    console.error(error);
  }
  process.exit(0);
});
`;

interface HandlerError {
  readonly name: string;
  readonly message: string;
  readonly trace: string[];
}

/** The error that the handler of a function has thrown. */
export class FunctionError extends ServiceError {
  /** The error as Lambda returns it. */
  public readonly details: object;

  constructor({ name, message, trace }: HandlerError) {
    super(name, message, 500);
    this.details = { errorType: name, errorMessage: message, trace };
  }
}

/** The functions of stacks: Node.js code. Each invocation is a process. */
export class Functions {
  private readonly functions: Store<LambdaFunction>;
  private readonly children = new Set<ReturnType<typeof spawn>>();

  constructor(
    private readonly context: Context,
    private readonly logs: Logs,
    private readonly permissions: Permissions,
  ) {
    this.functions = context.store<LambdaFunction>('functions');
  }

  public create(definition: Omit<LambdaFunction, 'arn'>, archive: string): LambdaFunction {
    const directory = this.directory(definition.name);
    rmSync(directory, { recursive: true, force: true });
    unpackZip(archive, directory);
    return this.functions.put(definition.name, { ...definition, arn: this.arnOf(definition.name) });
  }

  public arnOf(nameOrArn: string): string {
    return this.context.arn('lambda', `function:${nameOrArn.split(':').at(-1)}`);
  }

  public delete(name: string): void {
    this.functions.delete(name);
    rmSync(this.directory(name), { recursive: true, force: true });
  }

  /** Invokes a function synchronously, and returns its result. */
  public async invoke(caller: Caller, nameOrArn: string, event: unknown): Promise<unknown> {
    const name = nameOrArn.split(':').pop() ?? '';
    const definition = this.functions.get(name);
    if (definition === undefined)
      throw new ServiceError('ResourceNotFoundException', `Function not found: ${nameOrArn}`, 404);
    caller.check([{ action: 'lambda:InvokeFunction', resource: definition.arn }]);
    const log = this.logOf(definition);
    const child = spawn(process.execPath, ['-e', INVOKE], {
      cwd: this.directory(name),
      // The function does not inherit the environment of the user.
      env: {
        PATH: process.env.PATH,
        _HANDLER: definition.handler,
        AWS_REGION: this.context.region,
        ...this.credentialsOf(definition),
        // The runtime of AWS Lambda contains the AWS SDK. Here, it is that of the project.
        NODE_PATH: path.resolve('node_modules'),
        ...definition.environment,
        AWS_ENDPOINT_URL: this.context.url,
        BYOA_CLOCK_OFFSET: String(this.context.clock.now() - Date.now()),
      },
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      timeout: definition.timeoutSeconds * 1000,
    });
    this.children.add(child);
    const read = (source: NodeJS.ReadableStream, onText: (text: string) => void): void => {
      source.on('data', (chunk: Buffer) => onText(chunk.toString()));
    };
    let result = '';
    read(child.stdio[3] as NodeJS.ReadableStream, (text) => (result += text));
    [child.stdout, child.stderr].forEach((source) => source && read(source, (text) => log(text.trimEnd())));
    child.stdin?.end(JSON.stringify(event));
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    this.children.delete(child);
    if (result === '') {
      throw new ServiceError('Lambda.Unknown', `${name} exited with code ${code} and returned no result.`, 500);
    }
    const { value, error } = JSON.parse(result) as { value?: unknown; error?: HandlerError };
    if (error !== undefined) throw new FunctionError(error);
    return value;
  }

  /** The credentials of the role, as Lambda provides them; without enforcement, those of the user. */
  private credentialsOf({ name, arn, role }: LambdaFunction): Record<string, string> {
    if (!this.permissions.isEnforced) return { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
    const keys = { 'lambda:SourceFunctionArn': arn };
    const session = this.permissions.sessions.create({ roleArn: role, name, keys }, SESSION_SECONDS);
    return {
      AWS_ACCESS_KEY_ID: session.accessKeyId,
      AWS_SECRET_ACCESS_KEY: session.secretAccessKey,
      AWS_SESSION_TOKEN: session.token,
    };
  }

  /** Writes the output of an invocation to the logs, if the role has the permission. */
  private logOf({ name, role, logGroup }: LambdaFunction): (text: string) => void {
    const caller = this.permissions.assumedBy({ roleArn: role, service: 'lambda.amazonaws.com', sessionName: name });
    const stream = `${new Date().toISOString()}-${randomUUID()}`;
    const actions = ['CreateLogGroup', 'CreateLogStream', 'PutLogEvents'];
    // A log group that the template names is a resource: the function does not create it.
    const isOwn = logGroup === `/aws/lambda/${name}`;
    return logWriter({ context: this.context, logs: this.logs }, caller, {
      group: logGroup,
      stream,
      actions: isOwn ? actions : actions.slice(1),
    });
  }

  public close(): void {
    this.children.forEach((child) => child.kill('SIGKILL'));
  }

  private directory(name: string): string {
    return path.join(this.context.directory, 'functions', encodeURIComponent(name));
  }
}

/** Unpacks an archive. An entry that leads out of the directory is an error. */
function unpackZip(archive: string, directory: string): void {
  mkdirSync(directory, { recursive: true });
  for (const [name, bytes] of Object.entries(unzipSync(readFileSync(archive)))) {
    const file = path.join(directory, name);
    if (!file.startsWith(`${directory}${path.sep}`))
      throw new ServiceError(
        'InvalidParameterValueException',
        `The archive has an entry that leads out of it: ${name}`,
      );
    if (name.endsWith('/')) continue;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
}
