import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import {
  NO_VALUE,
  type ResourceDefinition,
  type Scope,
  type Template,
  conditionHolds,
  isIntrinsic,
  resolve,
} from '../../aws-model/template';

/** An image that the CDK would build. */
export interface DockerAsset {
  readonly directory?: string;
  readonly dockerFile?: string;
  readonly dockerBuildTarget?: string;
  readonly dockerBuildArgs?: Record<string, string>;
  readonly platform?: string;

  /** A command that prints the name of an image, instead of a directory. */
  readonly executable?: string[];
}

/** A resource with all that is known before a deployment. References to others read `{{stack.id}}` or `{{stack.id.attribute}}`. */
export interface Resource {
  readonly id: string;

  /** Where it is in the app, for people. */
  readonly path: string;
  readonly type: string;
  readonly properties: Record<string, unknown>;
}

/** A template that an app has written, or one that is nested into another. */
interface Stack {
  readonly template: Template;

  /** What a nested one is given, as the other one says it. */
  readonly given?: { readonly by: string; readonly parameters: Record<string, unknown> };
}

const UNKNOWN = '{{unknown}}';
const NESTED = 'AWS::CloudFormation::Stack';

/** What an app has synthesized: the resources of all stacks, and its assets. */
export class Assembly {
  public readonly resources: Resource[] = [];
  public readonly images = new Map<string, DockerAsset>();

  /** Directories and files of this machine by the key of the object that they become. */
  public readonly files = new Map<string, string>();
  private readonly stacks = new Map<string, Stack>();

  /** Where resources are in the app, by their names in a template. */
  private readonly paths = new Map<string, string>();

  constructor(directory: string) {
    this.read(directory);
    for (const stack of [...this.stacks.keys()]) this.readNested(stack);
    for (const stack of this.stacks.keys()) this.resolve(stack);
  }

  /** The resource that a value refers to. */
  public referred(value: unknown): Resource | undefined {
    const id = typeof value === 'string' ? /\{\{([^.}]+\.[^.}]+)(?:\.[^}]*)?\}\}/.exec(value)?.[1] : undefined;
    return id === undefined ? undefined : this.resources.find((resource) => resource.id === id);
  }

  public ofType(...types: string[]): Resource[] {
    return this.resources.filter(({ type }) => types.includes(type));
  }

  private read(directory: string): void {
    const manifest = readJson<Manifest>(path.join(directory, 'manifest.json'));
    for (const [name, { type, properties, metadata, additionalMetadataFile }] of Object.entries(
      manifest.artifacts ?? {},
    )) {
      if (type === 'cdk:cloud-assembly') this.read(path.join(directory, properties?.directoryName ?? ''));
      if (type === 'aws:cloudformation:stack') {
        const file = path.join(directory, properties?.templateFile ?? '');
        const called = properties?.stackName ?? name;
        // Stacks of two regions may have one name.
        const stack = this.stacks.has(called) ? name : called;
        this.stacks.set(stack, { template: readJson<Template>(file) });
        this.readPaths(stack, metadata ?? {});
        if (additionalMetadataFile !== undefined)
          this.readPaths(stack, readJson<Metadata>(path.join(directory, additionalMetadataFile)));
      }
      if (type === 'cdk:asset-manifest') this.readAssets(directory, properties?.file ?? '');
    }
  }

  /** Reads the templates that are nested into a stack, which are assets of the app. */
  private readNested(stack: string): void {
    const scope = this.scope(stack);
    for (const [id, { Type, Properties = {} }] of Object.entries(scope.template.Resources ?? {})) {
      if (Type !== NESTED) continue;
      const file = this.files.get(path.posix.basename(String(this.known(Properties.TemplateURL, scope))));
      if (file === undefined) continue;
      const parameters = (Properties.Parameters ?? {}) as Record<string, unknown>;
      this.stacks.set(`${stack}/${id}`, { template: readJson<Template>(file), given: { by: stack, parameters } });
      this.readNested(`${stack}/${id}`);
    }
  }

  private readPaths(stack: string, metadata: Metadata): void {
    for (const [where, entries] of Object.entries(metadata)) {
      const id = entries.find(({ type }) => type === 'aws:cdk:logicalId')?.data;
      if (typeof id === 'string') this.paths.set(`${stack}.${id}`, where);
    }
  }

  private readAssets(directory: string, file: string): void {
    const { dockerImages = {}, files = {} } = readJson<AssetManifest>(path.join(directory, file));
    for (const [hash, { source }] of Object.entries(dockerImages)) {
      const own = source.directory === undefined ? undefined : path.resolve(directory, source.directory);
      this.images.set(hash, { ...source, directory: own });
    }
    for (const { source, destinations } of Object.values(files)) {
      if (source.path === undefined) continue;
      for (const { objectKey } of Object.values(destinations)) {
        this.files.set(objectKey, path.resolve(directory, source.path));
      }
    }
  }

  private resolve(stack: string): void {
    const scope = this.scope(stack);
    // What is nested is told of by the stack that holds it.
    const [root] = stack.split('/');
    for (const [id, definition] of Object.entries(scope.template.Resources ?? {})) {
      if (!isMade(definition, scope)) continue;
      const { Type: type, Properties = {}, Metadata = {} } = definition;
      const properties = Object.fromEntries(
        Object.entries(Properties)
          .map(([name, value]) => [name, this.known(value, scope)])
          .filter(([, value]) => value !== NO_VALUE),
      ) as Record<string, unknown>;
      const full = `${stack}.${id}`;
      const written = Metadata['aws:cdk:path'];
      const where = typeof written === 'string' ? written : (this.paths.get(`${root}.${id}`) ?? `${stack}/${id}`);
      this.resources.push({ id: full, path: named(where), type, properties });
    }
  }

  /** A value as far as it is known; what only a deployment tells is a reference. */
  private known(value: unknown, scope: Scope): unknown {
    try {
      return resolve(this.withOutputs(value), scope);
    } catch {
      return this.inParts(value, scope);
    }
  }

  /** What of a value is known when all of it is not: what is computed of something unknown stands for that. */
  private inParts(value: unknown, scope: Scope): unknown {
    if (Array.isArray(value)) return value.map((item) => this.known(item, scope));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [[name, argument] = ['', undefined]] = entries;
    if (entries.length !== 1 || !isIntrinsic(name)) {
      return Object.fromEntries(entries.map(([key, part]) => [key, this.known(part, scope)]));
    }
    const arguments_ = this.known(argument, scope);
    if (name === 'Fn::Join' && Array.isArray(arguments_) && Array.isArray(arguments_[1])) {
      return arguments_[1].map(String).join(String(arguments_[0]));
    }
    return /\{\{[^}]*\}\}/.exec(JSON.stringify(arguments_ ?? ''))?.[0] ?? UNKNOWN;
  }

  /** Values of other stacks, which the CDK asks for by name. */
  private withOutputs(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.withOutputs(item));
    if (typeof value !== 'object' || value === null) return value;
    const { 'Fn::GetStackOutput': output } = value as { 'Fn::GetStackOutput'?: Record<string, unknown> };
    if (output !== undefined) return this.output(String(output.StackName), String(output.OutputName));
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, this.withOutputs(part)]));
  }

  private output(stack: string, name: string): unknown {
    const template = this.stacks.get(stack)?.template;
    return template === undefined ? UNKNOWN : this.known(template.Outputs?.[name]?.Value, this.scope(stack));
  }

  private scope(stack: string): Scope {
    const { template, given } = this.stacks.get(stack) as Stack;
    const parameters = Object.entries(template.Parameters ?? {}).map(
      ([name, { Type, Default = '' }]): [string, string] => [
        name,
        // The default of such a parameter is where its value lies, and not the value.
        Type.startsWith('AWS::SSM::') ? `{{ssm.${Default}}}` : Default,
      ],
    );
    const nested = (id: string): string => `${stack}/${id}`;
    return {
      template,
      values: {
        'AWS::AccountId': '000000000000',
        'AWS::Region': 'us-east-1',
        'AWS::Partition': 'aws',
        'AWS::URLSuffix': 'amazonaws.com',
        'AWS::StackName': stack,
        'AWS::StackId': `arn:aws:cloudformation:us-east-1:000000000000:stack/${stack}/0`,
        ...Object.fromEntries(parameters),
        ...(given === undefined ? {} : (this.known(given.parameters, this.scope(given.by)) as Record<string, unknown>)),
      },
      ref: (id) => `{{${stack}.${id}}}`,
      attribute: (id, name) =>
        this.stacks.has(nested(id)) && name.startsWith('Outputs.')
          ? this.output(nested(id), name.slice('Outputs.'.length))
          : `{{${stack}.${id}.${name}}}`,
      importValue: (name) => this.exported(name),
    };
  }

  private exported(name: string): unknown {
    for (const [stack, { template }] of this.stacks) {
      const scope = this.scope(stack);
      const found = Object.values(template.Outputs ?? {}).find(
        ({ Export }) => this.known(Export?.Name, scope) === name,
      );
      if (found !== undefined) return this.known(found.Value, scope);
    }
    return UNKNOWN;
  }
}

/** Whether the condition of a resource holds, as far as that is known. */
function isMade({ Condition }: ResourceDefinition, scope: Scope): boolean {
  try {
    return Condition === undefined || conditionHolds(Condition, scope);
  } catch {
    return true;
  }
}

/** A path without what the CDK calls the one resource of a construct. */
function named(where: string): string {
  return where.replace(/^\/|\/(Resource|Default)$/g, '');
}

interface Manifest {
  readonly artifacts?: Record<
    string,
    {
      readonly type: string;
      readonly properties?: {
        readonly templateFile?: string;
        readonly stackName?: string;
        readonly directoryName?: string;
        readonly file?: string;
      };
      readonly metadata?: Metadata;
      readonly additionalMetadataFile?: string;
    }
  >;
}

type Metadata = Record<string, { readonly type: string; readonly data?: unknown }[]>;

interface AssetManifest {
  readonly dockerImages?: Record<string, { readonly source: DockerAsset }>;
  readonly files?: Record<
    string,
    {
      readonly source: { readonly path?: string };
      readonly destinations: Record<string, { readonly objectKey: string }>;
    }
  >;
}

function readJson<T>(file: string): T {
  if (!existsSync(file))
    throw new Error(`"${file}" does not exist: name the directory that the CDK has synthesized to.`);
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}
