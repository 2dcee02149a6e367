import { mkdirSync } from 'node:fs';
import * as path from 'node:path';
import { MultiModel, type Run, type Server, type ServingEvents, serve } from '../../container';
import type { Buckets } from '../s3/store';
import type { Ecr } from '../ecr/operations';
import { validationError } from '../wire/service-error';
import { directoryWith } from './channels';
import { objectsOf } from './data-sources';
import type { Hosted, HostedContainer, ModelData } from './models';
import { s3Folder, s3Uri } from '../../aws-model/s3-uri';

interface Services {
  readonly s3: Buckets;
  readonly ecr: Ecr;
}

/** What a caller may say about where its request is to go. */
export interface Target {
  readonly model?: string;
  readonly container?: string;
}

interface Part {
  readonly hostname?: string;
  readonly server: Server;
  readonly models?: MultiModel;
}

/** The containers of a model, which answer together. */
export class ModelServer {
  private constructor(
    private readonly parts: Part[],
    private readonly isDirect: boolean,
  ) {}

  /** Starts the containers, and waits until all of them are healthy. */
  public static async start(
    services: Services,
    run: Run,
    { containers, isDirect, networkIsolation }: Hosted,
    options: {
      readonly environment?: Record<string, string>;
      readonly user?: string;
      readonly startUpSeconds?: number;
    },
    events: ServingEvents,
  ): Promise<ModelServer> {
    const parts = await Promise.all(
      containers.map(async (container) => {
        const models = container.isMultiModel ? modelsDirectory(run) : undefined;
        const server = await serve(
          run,
          {
            image: services.ecr.localName(container.image),
            model: models === undefined ? modelOf(services.s3, run, container.data) : undefined,
            models,
            additionalData: Object.fromEntries(
              container.additionalData.map(({ name, data }) => [name, modelOf(services.s3, run, data) ?? '']),
            ),
            // Each has a machine of its own here, so that nobody need listen elsewhere.
            environment: { ...container.environment, ...options.environment },
            networkIsolation,
            user: options.user,
            startUpSeconds: options.startUpSeconds,
          },
          events,
        );
        const many = models === undefined ? undefined : multiModel(services.s3, server.url, models, container);
        return { hostname: container.hostname, server, models: many };
      }),
    );
    return new ModelServer(parts, isDirect);
  }

  /** Where a request is sent: to each of these in turn, with the answer of the one before. */
  public async route(target: Target): Promise<string[]> {
    const parts = this.isDirect ? [this.chosen(target.container)] : this.parts;
    if (!this.isDirect && target.container !== undefined) {
      throw validationError('TargetContainerHostname is for models in Direct mode.');
    }
    return Promise.all(
      parts.map(async ({ server, models }) => {
        if ((models === undefined) !== (target.model === undefined)) {
          throw validationError('TargetModel is for endpoints with many models, and is required there.');
        }
        return models === undefined ? `${server.url}/invocations` : models.urlOf(target.model ?? '');
      }),
    );
  }

  /** Where the containers answer, in their order. */
  public get urls(): string[] {
    return this.parts.map(({ server }) => server.url);
  }

  /** Ends when one of the containers has ended. */
  public get ended(): Promise<unknown> {
    return Promise.race(this.parts.map(({ server }) => server.ended));
  }

  public async stop(): Promise<void> {
    await Promise.all(this.parts.map(({ server }) => server.stop()));
  }

  private chosen(hostname: string | undefined): Part {
    const part = this.parts.find((one) => one.hostname === hostname);
    if (hostname === undefined || part === undefined) {
      throw validationError(`TargetContainerHostname must name one of the model's containers, got: "${hostname}"`);
    }
    return part;
  }
}

function modelsDirectory(run: Run): string {
  const directory = path.join(run.directory(), 'models');
  mkdirSync(directory);
  return directory;
}

/** The archive or the directory of a model; undefined when the image brings its own. */
function modelOf(s3: Buckets, run: Run, data: ModelData | undefined): string | undefined {
  if (data === undefined) return undefined;
  if (data.isFolder) return directoryWith(run, objectsOf(s3, { S3Uri: data.uri }));
  const { bucket, key } = s3Uri(data.uri);
  return s3.file(bucket, key);
}

function multiModel(s3: Buckets, url: string, directory: string, { data }: HostedContainer): MultiModel {
  const { bucket, key } = s3Folder(data?.uri);
  return new MultiModel(url, directory, (name) => {
    const isInside = path.posix.normalize(name) === name && !name.startsWith('../') && !path.isAbsolute(name);
    if (!isInside || !s3.hasObject(bucket, `${key}${name}`))
      throw validationError(`There is no model ${name} below ${data?.uri}.`);
    return s3.file(bucket, `${key}${name}`);
  });
}
