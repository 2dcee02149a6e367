import type { DockerImageSource } from '@aws-cdk/cloud-assembly-schema';
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
import { type StackArtifact, readArtifacts, readJson } from './manifest';

/**
 * A resource with all values that are known before deployment. References to other resources are `{{stack.id}}` or
 * `{{stack.id.attribute}}`.
 */
export interface Resource {
  readonly id: string;

  /** The construct path. */
  readonly path: string;
  readonly type: string;
  readonly properties: Record<string, unknown>;

  /** `Delete` by default. */
  readonly deletionPolicy?: string;

  /** Whether the resource has a condition that is only decided at deployment. */
  readonly isConditional?: boolean;
}

/** A stack of the app, without the nested ones. */
export interface RootStack extends Pick<StackArtifact, 'id' | 'path' | 'errors'> {
  /** The name of the stack, or its artifact id if another stack has the same name. The ids of its resources begin with it. */
  readonly name: string;

  /** `aws://account/region`, each possibly unknown. */
  readonly environment: string;
}

interface AssemblyOptions {
  /**
   * Whether parameters have their defaults, and an environment that the app does not specify is that of the local service. Otherwise these values
   * are unknown.
   */
  readonly assumesDefaults?: boolean;
}

/** The template of a stack or nested stack. */
interface Stack {
  readonly template: Template;

  /** The parameters that the parent sets for a nested stack. */
  readonly nested?: { readonly parent: string; readonly parameters: Record<string, unknown> };
}

const UNKNOWN = '{{unknown}}';
const UNKNOWN_ENVIRONMENT = 'aws://unknown-account/unknown-region';
const NESTED = 'AWS::CloudFormation::Stack';
const OUTPUTS = 'Outputs.';

/** A synthesized app: the resources of all stacks, and its assets. */
export class Assembly {
  public readonly resources: Resource[] = [];
  public readonly roots: RootStack[] = [];

  /** Image assets by hash. */
  public readonly images: ReadonlyMap<string, DockerImageSource>;

  /** Paths of file assets by S3 object key. */
  public readonly files: ReadonlyMap<string, string>;

  /** Nested stacks are named after their parent and logical id: `parent/id`. */
  private readonly stacks = new Map<string, Stack>();

  /** Construct paths by `stack.id`. */
  private readonly paths = new Map<string, string>();

  constructor(
    directory: string,
    private readonly options: AssemblyOptions = { assumesDefaults: true },
  ) {
    const { stacks, images, files } = readArtifacts(directory);
    this.images = images;
    this.files = files;
    for (const { stackName, environment = UNKNOWN_ENVIRONMENT, templateFile, paths, ...root } of stacks) {
      // Stacks in different regions may have the same name.
      const stack = this.stacks.has(stackName) ? root.id : stackName;
      this.stacks.set(stack, { template: readJson<Template>(templateFile) });
      this.roots.push({ ...root, name: stack, environment });
      paths.forEach((constructPath, logicalId) => this.paths.set(`${stack}.${logicalId}`, constructPath));
    }
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

  /** Reads the templates of nested stacks, which are file assets. */
  private readNested(stack: string): void {
    const scope = this.scope(stack);
    for (const [id, { Type, Properties = {} }] of Object.entries(scope.template.Resources ?? {})) {
      if (Type !== NESTED) continue;
      const file = this.files.get(path.posix.basename(String(this.known(Properties.TemplateURL, scope))));
      if (file === undefined) continue;
      const parameters = (Properties.Parameters ?? {}) as Record<string, unknown>;
      this.stacks.set(`${stack}/${id}`, { template: readJson<Template>(file), nested: { parent: stack, parameters } });
      this.readNested(`${stack}/${id}`);
    }
  }

  private resolve(stack: string): void {
    const scope = this.scope(stack);
    // The metadata of a nested stack is part of its root stack.
    const [root] = stack.split('/');
    for (const [id, definition] of Object.entries(scope.template.Resources ?? {})) {
      const isCreated = createdIn(definition, scope);
      if (isCreated === false) continue;
      const { Type: type, Properties = {}, Metadata = {}, DeletionPolicy: deletionPolicy } = definition;
      const properties = Object.fromEntries(
        Object.entries(Properties)
          .map(([name, value]) => [name, this.known(value, scope)])
          .filter(([, value]) => value !== NO_VALUE),
      ) as Record<string, unknown>;
      const inTemplate = Metadata['aws:cdk:path'];
      const inManifest = this.paths.get(`${root}.${id}`) ?? `${stack}/${id}`;
      const constructPath = constructPathOf(typeof inTemplate === 'string' ? inTemplate : inManifest);
      const isConditional = isCreated === undefined ? true : undefined;
      this.resources.push({
        id: `${stack}.${id}`,
        path: constructPath,
        type,
        properties,
        deletionPolicy,
        isConditional,
      });
    }
  }

  /** A value with all parts that are known before deployment; the others become references. */
  private known(value: unknown, scope: Scope): unknown {
    try {
      return resolve(this.withOutputs(value), scope);
    } catch {
      return this.inParts(value, scope);
    }
  }

  /** Resolves a value that has an unknown part. A function of a reference becomes this reference. */
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

  /** Replaces `Fn::GetStackOutput`, with which the CDK refers to values of other stacks. */
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
    const { template, nested } = this.stacks.get(stack) as Stack;
    return {
      template,
      values: {
        'AWS::Partition': 'aws',
        'AWS::URLSuffix': 'amazonaws.com',
        'AWS::StackName': stack,
        ...(this.options.assumesDefaults === true ? defaultsIn(stack, template) : this.environmentOf(stack)),
        ...(nested === undefined ? {} : (this.known(nested.parameters, this.scope(nested.parent)) as object)),
      },
      ref: (id) => `{{${stack}.${id}}}`,
      attribute: (id, name) =>
        this.stacks.has(`${stack}/${id}`) && name.startsWith(OUTPUTS)
          ? this.output(`${stack}/${id}`, name.slice(OUTPUTS.length))
          : `{{${stack}.${id}.${name}}}`,
      importValue: (name) => this.exportedValue(name),
      stackOutput: (name, output) => (this.stacks.has(name) ? this.output(name, output) : UNKNOWN),
    };
  }

  /** The account and the region of a stack, if the app specifies them. */
  private environmentOf(stack: string): Record<string, string> {
    const [root] = stack.split('/');
    const { environment = '' } = this.roots.find(({ name }) => name === root) ?? {};
    const [, account, region] = /^aws:\/\/([^/]+)\/(.+)$/.exec(environment) ?? [];
    const known = Object.entries({ 'AWS::AccountId': account, 'AWS::Region': region });
    return Object.fromEntries(known.filter(([, value]) => value !== undefined && !value.startsWith('unknown-')));
  }

  private exportedValue(name: string): unknown {
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

/** The parameters with their defaults, and the environment of the local service. */
function defaultsIn(stack: string, { Parameters = {} }: Template): Record<string, string> {
  const parameters = Object.entries(Parameters).map(([name, { Type, Default = '' }]): [string, string] => [
    name,
    // The default of an SSM parameter is its name, not its value.
    Type.startsWith('AWS::SSM::') ? `{{ssm.${Default}}}` : Default,
  ]);
  return {
    'AWS::AccountId': '000000000000',
    'AWS::Region': 'us-east-1',
    'AWS::StackId': `arn:aws:cloudformation:us-east-1:000000000000:stack/${stack}/0`,
    ...Object.fromEntries(parameters),
  };
}

/** Whether the condition of a resource holds; undefined if it depends on a value that is only known at deployment. */
function createdIn({ Condition }: ResourceDefinition, scope: Scope): boolean | undefined {
  try {
    return Condition === undefined || conditionHolds(Condition, scope);
  } catch {
    return undefined;
  }
}

/** The path of a construct, given that of its default child. */
function constructPathOf(resourcePath: string): string {
  return resourcePath.replace(/^\/|\/(Resource|Default)$/g, '');
}
