import { readFileSync } from 'node:fs';
import {
  EngineError,
  type Listener,
  type LogLine,
  NotHealthy,
  type Server,
  type ServingRequest,
  serve,
} from '../../container';
import { SECONDS, SERVING, UNKNOWN_USER } from '../../contract';
import { type HttpRequest, type HttpResponse, NoResponse, isSuccess, sendRequest } from '../../http';
import { inContainer, waiting } from '../core/clock';
import { Once } from '../core/concurrency';
import { Inconclusive } from '../core/inconclusive';
import { type SampleRequest, type ServingSpecification, TIMES, type Times } from '../core/specification';
import { lastLines } from './evidence';
import { type Failure, ModelSource } from './model-source';
import type { ProbeOptions, VariationOf } from './probe-options';
import { Reference } from './reference';
import { isImageError, startErrorIn } from './start-error';
import type { TrainingProbe } from './training-probe';

/** A change of the serving container that makes it serve if it failed for one particular reason. */
export interface ServingVariation {
  /** Whether the change makes a difference; it does by default. */
  readonly applies?: (specification: ServingSpecification) => boolean;
  readonly change?: (request: ServingRequest) => ServingRequest;
}

/** How much longer than the specified container another one may take to become healthy: the machine may be busy. */
const PATIENCE = 10;
const MIN_PATIENCE_SECONDS = 30;

/** How often a request is repeated that got no response in time: the machine may be busy. */
const ATTEMPTS = 3;

/** The names of what containers do, in reports. */
const [MODEL, SERVER, REQUESTS, ANOTHER] = ['training', 'serving', 'serving: requests', 'serving: another container'];

/** A serving container as it was observed. */
export interface Served {
  /** Undefined if the container did not become healthy; `error` is the reason. */
  readonly server?: Server;
  readonly error?: NotHealthy | EngineError;
  readonly lines: LogLine[];

  /** Where a container that did not respond on its port listens instead. */
  readonly listeners?: Listener[];

  /** The id of the container, if it was started. */
  readonly container?: string;

  /** From the start to the first successful ping, or to the end of the wait for it. */
  readonly seconds?: number;
}

/** A sample request with the content of its file. */
export type Sample = SampleRequest & { readonly body: Buffer };

/** Serving containers: the specified one, which gets all requests in turn, and variations of it. */
export class ServingProbe {
  /** The model that the container serves. */
  public readonly model: ModelSource;
  private readonly once = new Once();
  private lastTurn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly options: ProbeOptions,
    public readonly specification: ServingSpecification,
    private readonly variations: readonly VariationOf<ServingVariation>[],
    training?: TrainingProbe,
  ) {
    this.model = new ModelSource(specification, training);
  }

  public get times(): Times {
    return this.options.times;
  }

  /** The container as it is specified. */
  public baseline(): Promise<Served> {
    return this.once.do('baseline', async () => {
      const request = await this.request();
      // All other checks of serving wait for this container: it does not wait for a slot.
      return inContainer(SERVER, [MODEL], () => this.start(request));
    });
  }

  /** Why the container as it is specified, if a check needed it, does not serve, with the check that reports it. */
  public async failure(): Promise<Failure | undefined> {
    const failure = await this.model.failure();
    if (failure !== undefined) return failure;
    const served = await this.once.resultOf<Served>('baseline');
    if (served === undefined) return undefined;
    if (served.server === undefined) return { check: 'start-up', reason: 'the container did not become healthy' };
    const response = await this.once.resultOf<HttpResponse | NoResponse>('sample response');
    if (response === undefined || isSuccessful(response)) return undefined;
    return { check: 'invocations', reason: 'the sample request failed' };
  }

  /** The container as it is specified. @throws Inconclusive if it did not become healthy */
  public async healthy(): Promise<Served & { server: Server }> {
    const { server, ...rest } = await this.baseline();
    if (server === undefined) throw new Inconclusive('the container did not become healthy');
    return { ...rest, server };
  }

  /** Runs another container, with one change, until `use` has ended. */
  public async vary<T>(
    change: (request: ServingRequest) => ServingRequest,
    use: (served: Served) => Promise<T>,
  ): Promise<T> {
    const containers: string[] = [];
    const request = change(await this.patiently(await this.request()));
    const served = await this.options.slots.use(() =>
      inContainer(ANOTHER, [SERVER], () => this.start(request, (id) => containers.push(id))),
    );
    try {
      return await inContainer(ANOTHER, [SERVER], () => use(served));
    } finally {
      await Promise.all(containers.map((id) => this.options.run.engine.remove(id)));
    }
  }

  /**
   * Limits the start-up time in relation to that of the specified container. If that one was not healthy in time, a change has to make a
   * difference soon: the whole time limit is waited for once.
   */
  private async patiently(request: ServingRequest): Promise<ServingRequest> {
    const baseline = await this.once.resultOf<Served>('baseline');
    if (baseline === undefined) return request;
    const { error, seconds = 0 } = baseline;
    const isTimeout = error instanceof NotHealthy && error.failure !== 'ended' && !error.isStandstill;
    const patience = isTimeout ? MIN_PATIENCE_SECONDS : Math.max(MIN_PATIENCE_SECONDS, seconds * PATIENCE);
    return { ...request, startUpSeconds: Math.min(request.startUpSeconds ?? patience, patience) };
  }

  /** Runs another container as it is specified. @throws Inconclusive if it did not become healthy */
  public async another<T>(
    change: (request: ServingRequest) => ServingRequest,
    use: (server: Server, lines: LogLine[], container: string) => Promise<T>,
  ): Promise<T> {
    return this.vary(change, ({ server, lines, container = '' }) => {
      if (server === undefined) throw new Inconclusive('a second container did not become healthy');
      return use(server, lines, container);
    });
  }

  /** Sends requests to the specified container while no other check does. */
  public exclusively<T>(work: (url: string) => Promise<T>): Promise<T> {
    const turn = waiting(this.lastTurn).then(async () => {
      const { url } = (await this.healthy()).server;
      return inContainer(REQUESTS, [SERVER, REQUESTS], () => work(url));
    });
    this.lastTurn = turn.catch(() => undefined);
    return turn;
  }

  /** The first sample request. @throws Inconclusive if there is none */
  public sample(): Sample {
    const [sample] = this.samples();
    if (sample === undefined) throw new Inconclusive('there is no sample request');
    return sample;
  }

  public samples(): Sample[] {
    return this.specification.requests.map((sample) => ({ ...sample, body: readFileSync(sample.file) }));
  }

  /** @throws Inconclusive if the sample request fails: other requests would fail for the same reason */
  public async requireSuccess(): Promise<void> {
    if (!isSuccessful(await this.sampleResponse())) throw new Inconclusive('the sample request failed');
  }

  /** The responses that another response to the sample request is compared with. @throws Inconclusive if the sample request failed */
  public reference(): Promise<Reference> {
    return this.once.do('reference', async () => {
      const responses = [
        await this.sampleResponse(),
        await this.exclusively((url) => this.invoke(url, this.invocation())),
      ];
      const successful = responses.filter(isSuccessful);
      if (successful.length < responses.length) throw new Inconclusive('the sample request failed');
      return new Reference(successful);
    });
  }

  /** The response to the sample request, which is sent once. */
  public sampleResponse(): Promise<HttpResponse | NoResponse> {
    return this.once.do('sample response', () => this.exclusively((url) => this.invoke(url, this.invocation())));
  }

  /** A sample request as an endpoint sends it to the container. */
  public invocation(sample = this.sample(), headers: Record<string, string> = {}): HttpRequest {
    const [Accept] = this.specification.accepts ?? [];
    return {
      method: 'POST',
      headers: { 'Content-Type': sample.contentType, ...(Accept === undefined ? {} : { Accept }), ...headers },
      body: sample.body,
      timeoutSeconds: this.invocationSeconds(),
    };
  }

  /** How long this kind of endpoint waits for a response, unless the caller has set another time. */
  private invocationSeconds(): number {
    const { isAsync = false, isStreaming = false } = this.specification;
    if (this.times.invocation !== TIMES.invocation) return this.times.invocation;
    return isAsync ? SECONDS.asyncInvocation : isStreaming ? SECONDS.streamedInvocation : this.times.invocation;
  }

  public invoke(url: string, request: HttpRequest): Promise<HttpResponse | NoResponse> {
    return sendRequest(`${url}${SERVING.invocations}`, request);
  }

  public ping(url: string): Promise<HttpResponse | NoResponse> {
    return sendRequest(`${url}${SERVING.ping}`, { timeoutSeconds: this.times.pingTimeout });
  }

  /** Sends a request again while the response is late. A response in time proves that the container can respond in time. */
  public async patientResponse(
    send: () => Promise<HttpResponse | NoResponse>,
    attempts = ATTEMPTS,
  ): Promise<HttpResponse | NoResponse> {
    const response = await send();
    if (!(response instanceof NoResponse) || !response.isLate || attempts <= 1) return response;
    return this.patientResponse(send, attempts - 1);
  }

  /** Whether the first process of a container handles SIGTERM; undefined if the engine cannot read it. */
  public handlesSigterm(container: string): Promise<boolean | undefined> {
    return this.options.run.engine.handlesSigterm(container).catch(() => undefined);
  }

  /** The id of the check that explains why the container does not serve: the first whose variation serves. */
  public cause(): Promise<string | undefined> {
    return this.once.do('cause', async () => {
      const baseline = await this.baseline();
      if (baseline.error instanceof EngineError) return undefined;
      if (await this.serves(baseline, () => this.sampleResponse())) return undefined;
      for (const { id, change, applies = () => true } of this.variations) {
        if (change === undefined || !applies(this.specification)) continue;
        const serves = await this.vary(change, (served) =>
          this.serves(served, () => this.invoke(served.server?.url ?? '', this.invocation())),
        );
        if (serves) return id;
      }
      return undefined;
    });
  }

  /**
   * The last log lines of the container if it does not serve because of the requirement of this check; undefined if it
   * serves.
   *
   * @throws Inconclusive if it does not serve for another reason
   */
  public async evidenceFor(id: string): Promise<string[] | undefined> {
    const baseline = await this.baseline();
    if (baseline.server !== undefined && this.specification.requests.length === 0) return undefined;
    if (await this.serves(baseline, () => this.sampleResponse())) return undefined;
    if ((await this.cause()) !== id) throw new Inconclusive('the container does not serve for another reason');
    return lastLines(baseline.lines);
  }

  public async request(): Promise<ServingRequest> {
    const { specification, times } = this;
    const { image, environment, isServerless = false, networkIsolation, isMultiModel } = specification;
    const startUp = isServerless ? times.startUpServerless : times.startUp;
    return {
      image,
      ...(isMultiModel === true ? { models: this.options.run.directory() } : { model: await this.model.file() }),
      environment,
      networkIsolation,
      gpus: specification.gpus,
      network: await this.options.network(),
      user: isServerless ? UNKNOWN_USER : undefined,
      // A time that the caller has set takes precedence over that of the production variant.
      startUpSeconds: times.startUp === TIMES.startUp ? (specification.startUpSeconds ?? startUp) : startUp,
      standstillSeconds: times.standstill,
      pingTimeoutSeconds: times.pingTimeout,
      stopGraceSeconds: times.servingStopGrace,
    };
  }

  /** Work whose result several checks examine. */
  public shared<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.once.do(name, work);
  }

  /** A directory that is removed after the check. */
  public directory(): string {
    return this.options.run.directory();
  }

  private async serves({ server }: Served, invoke: () => Promise<HttpResponse | NoResponse>): Promise<boolean> {
    if (server === undefined) return false;
    if (this.specification.requests.length === 0 || this.specification.isMultiModel === true) return true;
    return isSuccessful(await invoke());
  }

  private async start(request: ServingRequest, onContainer: (id: string) => void = () => undefined): Promise<Served> {
    const lines: LogLine[] = [];
    let container = '';
    const started = Date.now();
    const seconds = (): number => (Date.now() - started) / 1000;
    try {
      const server = await serve(this.options.run, request, {
        onLog: (line) => lines.push(line),
        onWait: (wait) => this.options.onWait?.({ group: 'serving', ...wait }),
        onContainer: (id) => {
          container = id;
          onContainer(id);
        },
      });
      return { server, lines, container, seconds: seconds() };
    } catch (error) {
      if (isImageError(error)) return { error, lines };
      if (!(error instanceof NotHealthy)) throw error;
      const startError = error.failure === 'ended' ? startErrorIn(lines) : undefined;
      if (startError !== undefined) return { error: startError, lines };
      const isSilent = error.failure === 'silent';
      const listeners = isSilent ? await this.options.run.engine.listening(container) : undefined;
      return { error, lines, listeners, container, seconds: seconds() };
    }
  }
}

export function isSuccessful(response: HttpResponse | NoResponse): response is HttpResponse {
  return !(response instanceof NoResponse) && isSuccess(response);
}
