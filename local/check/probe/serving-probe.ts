import { readFileSync, statSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { SECONDS, SERVING } from '../../contract';
import {
  EngineError,
  type Listener,
  type LogLine,
  NotHealthy,
  type Server,
  type ServingRequest,
  serve,
  unpack,
} from '../../container';
import { Untold } from '../core/check';
import type { LabOptions } from './check-context';
import { type HttpResponse, type HttpRequest, NoResponse, sendRequest, isSuccess } from '../../http';
import { Once } from '../core/slots';
import { type SampleRequest, type ServingSpecification, TIMES } from '../core/specification';
import { type TrainingLab, isOfProgram, tail } from './training-probe';

/** A container that serves otherwise than it is meant to, and for what images that makes sense. */
export interface ServingVariation {
  readonly applies?: (specification: ServingSpecification) => boolean;
  readonly change?: (request: ServingRequest) => ServingRequest;
}

/** What was seen of a container that was to serve. */
export interface Served {
  /** Undefined when it did not become healthy, which `fault` tells about. */
  readonly server?: Server;
  readonly fault?: NotHealthy | EngineError;
  readonly lines: LogLine[];

  /** Where it listens, when it was not found where it should be. */
  readonly listeners?: Listener[];
}

/** A user that no image knows: what a serverless endpoint amounts to. */
export const UNKNOWN_USER = '65533:65533';

/** Containers that serve: one as it is meant to be, which all requests go to in turn, and varied ones. */
export class ServingLab {
  private readonly once = new Once();
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly options: LabOptions,
    public readonly specification: ServingSpecification,
    private readonly training?: TrainingLab,
  ) {}

  public get times(): LabOptions['times'] {
    return this.options.times;
  }

  /** The container as it is meant to be. */
  public base(): Promise<Served> {
    return this.once.do('base', async () => this.start(await this.request()));
  }

  /** One that is healthy, for whom nothing can be told of one that is not. */
  public async healthy(): Promise<Served & { server: Server }> {
    const { server, ...seen } = await this.base();
    if (server === undefined) throw new Untold('the container did not become healthy');
    return { ...seen, server };
  }

  /** Another container, as long as the work with it takes. */
  public async varied<T>(
    change: (request: ServingRequest) => ServingRequest,
    use: (served: Served) => Promise<T>,
  ): Promise<T> {
    const containers: string[] = [];
    const served = await this.start(change(await this.request()), (id) => containers.push(id));
    try {
      return await use(served);
    } finally {
      await Promise.all(containers.map((id) => this.options.run.engine.remove(id)));
    }
  }

  /** Asks the container while nobody else does. */
  public alone<T>(work: (url: string) => Promise<T>): Promise<T> {
    const mine = this.turn.then(async () => work((await this.healthy()).server.url));
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  /** The first sample, for whom the container has to answer something. */
  public sample(): SampleRequest & { body: Buffer } {
    const [sample] = this.samples();
    if (sample === undefined) throw new Untold('there is no sample request');
    return sample;
  }

  public samples(): (SampleRequest & { body: Buffer })[] {
    return this.specification.requests.map((sample) => ({ ...sample, body: readFileSync(sample.file) }));
  }

  /** Throws when the container does not answer the sample: nothing can be told of how it answers others. */
  public async answering(): Promise<void> {
    const answer = await this.baseAnswer();
    if (answer instanceof NoResponse || !isSuccess(answer)) throw new Untold('the sample request is not answered');
  }

  /** What the container says to the sample, asked once. */
  public baseAnswer(): Promise<HttpResponse | NoResponse> {
    return this.once.do('answer', () => this.alone((url) => this.invoke(url, this.invocation())));
  }

  /** The sample request as an endpoint would pass it on. */
  public invocation(sample = this.sample(), headers: Record<string, string> = {}): HttpRequest {
    const [Accept] = this.specification.accepts ?? [];
    return {
      method: 'POST',
      headers: { 'Content-Type': sample.contentType, ...(Accept === undefined ? {} : { Accept }), ...headers },
      body: sample.body,
      timeoutSeconds: this.invocationSeconds(),
    };
  }

  /** How long an endpoint of this kind waits for an answer, unless whoever checks has given a time. */
  private invocationSeconds(): number {
    const { isAsync = false, isStreaming = false } = this.specification;
    if (this.times.invocation !== TIMES.invocation) return this.times.invocation;
    return isAsync ? SECONDS.asyncInvocation : isStreaming ? SECONDS.streamedInvocation : this.times.invocation;
  }

  public async invoke(url: string, asked: HttpRequest): Promise<HttpResponse | NoResponse> {
    return sendRequest(`${url}${SERVING.invocations}`, asked);
  }

  /** Which check tells why the container does not serve, by one that does where one thing is otherwise. */
  public cause(): Promise<string | undefined> {
    return this.once.do('cause', async () => {
      const base = await this.base();
      if (base.fault instanceof EngineError || (await this.isFine(base, () => this.baseAnswer()))) return undefined;
      for (const { id, serving } of this.options.checks) {
        const { change, applies = () => true } = serving ?? {};
        if (change === undefined || !applies(this.specification)) continue;
        const isFine = await this.varied(change, (served) =>
          this.isFine(served, () => this.invoke(served.server?.url ?? '', this.invocation())),
        );
        if (isFine) return id;
      }
      return undefined;
    });
  }

  /** The last lines of a container that does not serve for this reason. Nothing if it does serve. */
  public async failedFor(id: string): Promise<string[] | undefined> {
    const base = await this.base();
    if (base.server !== undefined && this.specification.requests.length === 0) return undefined;
    if (base.server !== undefined && (await this.isFine(base, () => this.baseAnswer()))) return undefined;
    if ((await this.cause()) !== id) throw new Untold('the container does not serve for another reason');
    return tail(base.lines);
  }

  public async request(): Promise<ServingRequest> {
    const { specification, times } = this;
    const { image, environment, isServerless = false, networkIsolation, isMultiModel } = specification;
    const startUp = isServerless ? times.startUpServerless : times.startUp;
    return {
      image,
      ...(isMultiModel === true ? { models: this.options.run.directory() } : { model: await this.model() }),
      environment,
      networkIsolation,
      network: await this.options.network(),
      user: isServerless ? UNKNOWN_USER : undefined,
      // A time that whoever checks has given is the one that they wait.
      startUpSeconds: times.startUp === TIMES.startUp ? (specification.startUpSeconds ?? startUp) : startUp,
      pingTimeoutSeconds: times.pingTimeout,
      stopGraceSeconds: times.servingStopGrace,
    };
  }

  /** The model that is given, or else what training leaves; images may bring their own. */
  public async model(): Promise<string | undefined> {
    if (this.specification.model !== undefined || this.training === undefined) return this.specification.model;
    const trained = await this.training.completed();
    await this.training.modelOf(trained).catch(() => {
      throw new Untold('the model that training has left cannot be unpacked');
    });
    return trained.result.modelArtifact;
  }

  /** Puts a copy of the model into a directory; false when the image brings its own. */
  public async placeModel(directory: string): Promise<boolean> {
    const model = await this.model();
    if (model === undefined) return false;
    if (statSync(model).isDirectory()) await cp(model, directory, { recursive: true });
    else await unpack(model, directory);
    return true;
  }

  /** Work whose result several checks look at. */
  public shared<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.once.do(name, work);
  }

  /** A directory for the time of the check. */
  public directory(): string {
    return this.options.run.directory();
  }

  private async isFine(served: Served, answer: () => Promise<HttpResponse | NoResponse>): Promise<boolean> {
    if (served.server === undefined) return false;
    if (this.specification.requests.length === 0 || this.specification.isMultiModel === true) return true;
    const answered = await answer();
    return !(answered instanceof NoResponse) && isSuccess(answered);
  }

  private start(request: ServingRequest, onContainer: (id: string) => void = () => undefined): Promise<Served> {
    return this.options.slots.use(async () => {
      const lines: LogLine[] = [];
      let container = '';
      try {
        const server = await serve(this.options.run, request, {
          onLog: (line) => lines.push(line),
          onContainer: (id) => {
            container = id;
            onContainer(id);
          },
        });
        return { server, lines };
      } catch (error) {
        if (isOfProgram(error)) return { fault: error, lines };
        if (!(error instanceof NotHealthy)) throw error;
        const isSilent = error.failure === 'silent';
        const listeners = isSilent ? await this.options.run.engine.listening(container) : undefined;
        return { fault: error, lines, listeners };
      }
    });
  }
}
