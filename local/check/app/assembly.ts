import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { type Scope, type Template, resolve } from '../../sagemaker/cloudformation/template';

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

/** What an app has synthesized: the resources of all stacks, and its assets. */
export class Assembly {
  public readonly resources: Resource[] = [];
  public readonly images = new Map<string, DockerAsset>();

  /** Directories and files of this machine by the key of the object that they become. */
  public readonly files = new Map<string, string>();
  private readonly templates = new Map<string, Template>();

  /** Where resources are in the app, by their names in a template. */
  private readonly paths = new Map<string, string>();

  constructor(directory: string) {
    this.read(directory);
    for (const [stack, template] of this.templates) this.resolve(stack, template);
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
        const stack = properties?.stackName ?? name;
        this.templates.set(stack, readJson<Template>(file));
        this.readPaths(stack, metadata ?? {});
        if (additionalMetadataFile !== undefined)
          this.readPaths(stack, readJson<Metadata>(path.join(directory, additionalMetadataFile)));
      }
      if (type === 'cdk:asset-manifest') this.readAssets(directory, properties?.file ?? '');
    }
  }

  private readPaths(stack: string, metadata: Metadata): void {
    for (const [where, entries] of Object.entries(metadata)) {
      const id = entries.find(({ type }) => type === 'aws:cdk:logicalId')?.data;
      if (typeof id === 'string') this.paths.set(`${stack}.${id}`, where.replace(/^\/|\/(Resource|Default)$/g, ''));
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

  private resolve(stack: string, template: Template): void {
    const scope = this.scope(stack, template);
    for (const [id, { Type, Properties = {} }] of Object.entries(template.Resources)) {
      const properties = Object.fromEntries(
        Object.entries(Properties).map(([name, value]) => [name, this.known(value, scope)]),
      );
      const full = `${stack}.${id}`;
      this.resources.push({ id: full, path: this.paths.get(full) ?? `${stack}/${id}`, type: Type, properties });
    }
  }

  /** A value as far as it is known; what only a deployment tells is a reference. */
  private known(value: unknown, scope: Scope): unknown {
    try {
      return resolve(this.withOutputs(value), scope);
    } catch {
      return '{{unknown}}';
    }
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
    const template = this.templates.get(stack);
    return template === undefined
      ? '{{unknown}}'
      : this.known(template.Outputs?.[name]?.Value, this.scope(stack, template));
  }

  private scope(stack: string, template: Template): Scope {
    const parameters = Object.entries(template.Parameters ?? {}).map(([name, { Default = '' }]): [string, string] => [
      name,
      Default,
    ]);
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
      },
      ref: (id) => `{{${stack}.${id}}}`,
      attribute: (id, name) => `{{${stack}.${id}.${name}}}`,
      importValue: (name) => this.exported(name),
    };
  }

  private exported(name: string): unknown {
    for (const [stack, template] of this.templates) {
      const scope = this.scope(stack, template);
      const found = Object.values(template.Outputs ?? {}).find(
        ({ Export }) => this.known(Export?.Name, scope) === name,
      );
      if (found !== undefined) return this.known(found.Value, scope);
    }
    return '{{unknown}}';
  }
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
