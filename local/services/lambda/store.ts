import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { unzipSync } from 'fflate';
import type { Context } from '../context';
import type { Store } from '../store';
import { ServiceError } from '../wire/service-error';
import type { Logs } from '../logs/operations';

export interface LambdaFunction {
  readonly name: string;
  readonly arn: string;
  readonly handler: string;
  readonly environment: Record<string, string>;
  readonly timeoutSeconds: number;
  readonly logGroup: string;
}

/** What the child process does: one call of a handler. The answer goes to a pipe of its own, what it prints is its log. */
const CALL = `
const [file, name] = process.env._HANDLER.split('.');
const answer = (value) => require('fs').writeSync(3, JSON.stringify(value));
let text = '';
process.stdin.on('data', (chunk) => (text += chunk)).on('end', async () => {
  try {
    const handler = require(require('path').resolve(file))[name];
    answer({ value: (await handler(JSON.parse(text), { getRemainingTimeInMillis: () => 900000 })) ?? null });
  } catch (error) {
    answer({ error: { name: error.name, message: error.message } });
    console.error(error);
  }
  process.exit(0);
});
`;

/** AWS Lambda for the functions of stacks: Node.js code, each call in a process of its own. */
export class Lambda {
  private readonly functions: Store<LambdaFunction>;
  private readonly children = new Set<ReturnType<typeof spawn>>();

  constructor(
    private readonly context: Context,
    private readonly logs: Logs,
  ) {
    this.functions = context.store<LambdaFunction>('functions');
  }

  public create(definition: Omit<LambdaFunction, 'arn'>, archive: string): LambdaFunction {
    const directory = this.directory(definition.name);
    rmSync(directory, { recursive: true, force: true });
    unpackZip(archive, directory);
    const arn = this.context.arn('lambda', `function:${definition.name}`);
    return this.functions.put(definition.name, { ...definition, arn });
  }

  public delete(name: string): void {
    this.functions.delete(name);
    rmSync(this.directory(name), { recursive: true, force: true });
  }

  /** Calls a function and returns what it returned. */
  public async invoke(nameOrArn: string, event: unknown): Promise<unknown> {
    const name = nameOrArn.split(':').pop() ?? '';
    const definition = this.functions.get(name);
    if (definition === undefined)
      throw new ServiceError('ResourceNotFoundException', `Function not found: ${nameOrArn}`, 404);
    const child = spawn(process.execPath, ['-e', CALL], {
      cwd: this.directory(name),
      // Nothing of the user's environment: a function has its own, and this service's.
      env: {
        PATH: process.env.PATH,
        _HANDLER: definition.handler,
        AWS_REGION: this.context.region,
        AWS_ENDPOINT_URL: this.context.url,
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        ...definition.environment,
      },
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      timeout: definition.timeoutSeconds * 1000,
    });
    this.children.add(child);
    const stream = `${new Date().toISOString()}-${child.pid}`;
    const read = (source: NodeJS.ReadableStream, onText: (text: string) => void): void => {
      source.on('data', (chunk: Buffer) => onText(chunk.toString()));
    };
    let answer = '';
    read(child.stdio[3] as NodeJS.ReadableStream, (text) => (answer += text));
    [child.stdout, child.stderr].forEach(
      (source) => source && read(source, (text) => this.logs.write(definition.logGroup, stream, text.trimEnd())),
    );
    child.stdin?.end(JSON.stringify(event));
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    this.children.delete(child);
    if (answer === '') throw new ServiceError('Lambda.Unknown', `${name} ended with code ${code} and no answer.`, 500);
    const { value, error } = JSON.parse(answer) as { value?: unknown; error?: { name: string; message: string } };
    if (error !== undefined) throw new ServiceError(error.name, error.message, 500);
    return value;
  }

  public close(): void {
    this.children.forEach((child) => child.kill('SIGKILL'));
  }

  private directory(name: string): string {
    return path.join(this.context.directory, 'functions', encodeURIComponent(name));
  }
}

/** No entry of an archive leaves the directory that it is unpacked to. */
function unpackZip(archive: string, directory: string): void {
  mkdirSync(directory, { recursive: true });
  for (const [name, bytes] of Object.entries(unzipSync(readFileSync(archive)))) {
    const file = path.join(directory, name);
    if (!file.startsWith(`${directory}${path.sep}`))
      throw new ServiceError('InvalidParameterValueException', `The archive has an entry outside of it: ${name}`);
    if (name.endsWith('/')) continue;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
}
