import { mkdirSync } from 'node:fs';
import * as path from 'node:path';
import { parseS3Folder, parseS3Uri } from '../../aws-model/s3-uri';
import { validationError } from '../../aws-model/service-error';
import { MultiModel, type Run, type Server, type ServingEvents, serve, untilUnhealthy } from '../../container';
import { AccessDenied } from '../iam';
import type { BucketsOfRole } from '../s3';
import { directoryWith } from './data/channels';
import { objectsOf } from './data/data-sources';
import { scriptArchive } from './data/script';
import type { ExecutionRole } from './execution-role';
import type { HostedContainer, HostedModel, ModelData } from './models';
import { RequestsInProgress } from './requests-in-progress';

/** The target of an invocation. */
export interface Target {
  readonly model?: string;
  readonly container?: string;
}

export interface ServerOptions {
  readonly environment?: Record<string, string>;
  readonly user?: string;
  readonly startUpSeconds?: number;

  /** Whether the containers use the GPUs of this machine. */
  readonly gpus?: boolean;
}

/** A running container of the model. */
interface Part {
  readonly hostname?: string;
  readonly server: Server;
  readonly models?: MultiModel;
}

/** The running containers of a model. */
export class ModelServer {
  public readonly requests = new RequestsInProgress();

  private constructor(
    private readonly parts: Part[],
    private readonly isDirect: boolean,

    /** The role of the model. */
    public readonly role: ExecutionRole,
  ) {}

  /** Starts the containers, and waits until all of them are healthy. */
  public static async start(
    role: ExecutionRole,
    run: Run,
    model: HostedModel,
    options: ServerOptions,
    events: ServingEvents,
  ): Promise<ModelServer> {
    const start = (container: HostedContainer): Promise<Part> =>
      startContainer(role, run, container, { ...options, networkIsolation: model.networkIsolation }, events);
    return new ModelServer(await Promise.all(model.containers.map(start)), model.isDirect, role);
  }

  /** The URLs that an invocation is sent to: each gets the response of the one before it. */
  public async route(target: Target): Promise<string[]> {
    const parts = this.isDirect ? [this.chosen(target.container)] : this.parts;
    if (!this.isDirect && target.container !== undefined) {
      throw validationError('TargetContainerHostname requires a model in Direct mode.');
    }
    return Promise.all(
      parts.map(async ({ server, models }) => {
        if ((models === undefined) !== (target.model === undefined)) {
          throw validationError('TargetModel is required for multi-model endpoints, and not allowed for others.');
        }
        return models === undefined ? `${server.directUrl}/invocations` : models.urlOf(target.model ?? '');
      }),
    );
  }

  /** The URLs of the containers, in order. */
  public get urls(): string[] {
    return this.parts.map(({ server }) => server.directUrl);
  }

  /** Waits until one of the containers ends or does not respond any more, and returns the reason. Undefined if the wait is stopped. */
  public untilUnhealthy(stop: AbortSignal): Promise<string | undefined> {
    const isBusy = (): boolean => this.requests.count > 0;
    return Promise.race(this.parts.map(({ server }) => untilUnhealthy(server, stop, { isBusy })));
  }

  /** Stops the containers after their requests in progress have ended: no new ones may arrive. */
  public async drain(): Promise<void> {
    await this.requests.ended();
    await this.stop();
  }

  public async stop(): Promise<void> {
    await Promise.all(this.parts.map(({ server }) => server.stop()));
  }

  private chosen(hostname: string | undefined): Part {
    const part = this.parts.find((one) => one.hostname === hostname);
    if (hostname === undefined || part === undefined) {
      throw validationError(
        `TargetContainerHostname must be the hostname of a container of the model, got: "${hostname}"`,
      );
    }
    return part;
  }
}

async function startContainer(
  role: ExecutionRole,
  run: Run,
  container: HostedContainer,
  options: ServerOptions & { readonly networkIsolation: boolean },
  events: ServingEvents,
): Promise<Part> {
  const models = container.isMultiModel ? modelsDirectory(run) : undefined;
  const server = await serve(
    run,
    {
      image: role.image(container.image),
      model: models === undefined ? modelOf(role.s3, run, container.data) : undefined,
      models,
      script: scriptArchive(role.s3, container.environment.SAGEMAKER_SUBMIT_DIRECTORY),
      additionalData: Object.fromEntries(
        container.additionalData.map(({ name, data }) => [name, modelOf(role.s3, run, data) ?? '']),
      ),
      ...options,
      // Each container has its own network here, so that all of them may listen on the same port.
      environment: { ...container.environment, ...options.environment },
    },
    events,
  );
  return {
    hostname: container.hostname,
    server,
    models: models === undefined ? undefined : multiModel(role.s3, server.url, models, container),
  };
}

function modelsDirectory(run: Run): string {
  const directory = path.join(run.directory(), 'models');
  mkdirSync(directory);
  return directory;
}

/** The archive or the directory of a model; undefined if the image contains the model. */
function modelOf(s3: BucketsOfRole, run: Run, data: ModelData | undefined): string | undefined {
  if (data === undefined) return undefined;
  try {
    return downloaded(s3, run, data);
  } catch (error) {
    if (!(error instanceof AccessDenied)) throw error;
    throw new Error(
      `Failed to download model data for container from URL: "${data.uri}". Please ensure that there is an object located at ` +
        `the URL and that the role passed to CreateModel has permissions to download the object. (${error.message})`,
    );
  }
}

function downloaded(s3: BucketsOfRole, run: Run, data: ModelData): string {
  if (data.isFolder) return directoryWith(run, objectsOf(s3, { S3Uri: data.uri }));
  const { bucket, key } = parseS3Uri(data.uri);
  return s3.file(bucket, key);
}

function multiModel(s3: BucketsOfRole, url: string, directory: string, { data }: HostedContainer): MultiModel {
  const { bucket, key } = parseS3Folder(data?.uri);
  return new MultiModel(url, directory, (name) => {
    const isInside = path.posix.normalize(name) === name && !name.startsWith('../') && !path.isAbsolute(name);
    if (!isInside || !s3.hasObject(bucket, `${key}${name}`)) {
      throw validationError(`The model ${name} does not exist in ${data?.uri}.`);
    }
    return s3.file(bucket, `${key}${name}`);
  });
}
