import type { IncomingMessage } from 'node:http';
import type { Metrics } from '../../cloudwatch';
import type { Endpoints } from '../endpoint/endpoints';
import type { InferenceComponent } from '../inference-component/inference-component';
import { ModelFailure } from './invocation';

const NAMESPACE = 'AWS/SageMaker';

/** An invocation whose metrics are published. */
interface Observed {
  readonly endpoint: string;
  readonly variant: string;

  /** The inference component, which has metrics of its own. */
  readonly component?: InferenceComponent;

  /** When the service received the request, as `performance.now()` returns it. */
  readonly received: number;

  /** The requests in progress of the model server, including this one. */
  readonly concurrency: () => number;
}

/** The queue of an asynchronous endpoint. */
interface Backlog {
  readonly size: number;

  /** The age of the oldest request; undefined if the queue is empty. */
  readonly oldestSeconds?: number;
}

/** The metrics that SageMaker publishes for endpoints: a value of each metric for each invocation. */
export class EndpointMetrics {
  constructor(
    private readonly metrics: Metrics,
    private readonly endpoints: Endpoints,
  ) {}

  /** Publishes the metrics of an invocation: those of its latency when the response is complete. */
  public async observe(observed: Observed, invoke: () => Promise<IncomingMessage>): Promise<IncomingMessage> {
    const started = performance.now();
    const invocation = invoke();
    const use = { concurrency: observed.concurrency(), instances: this.instances(observed.endpoint, observed.variant) };
    // A publication must not delay the invocation: it follows when the request, or the response, has been sent.
    setImmediate(() => this.putInvocation(observed, use));
    const end = (status?: number, isComplete = true): void => {
      const latency = performance.now() - started;
      setImmediate(() => {
        if (isComplete) this.putLatency(observed, latency, started);
        this.putErrors(observed, status);
      });
    };
    try {
      const response = await invocation;
      response.once('end', () => end());
      return response.once('error', () => end(0, false));
    } catch (error) {
      if (error instanceof ModelFailure) end(error.originalStatus);
      throw error;
    }
  }

  /** Publishes the metrics of a queue, which belong to the endpoint and not to its variant. */
  public putBacklog(endpoint: string, { size, oldestSeconds }: Backlog): void {
    const metric = (MetricName: string): Parameters<Metrics['put']>[0] => ({
      Namespace: NAMESPACE,
      MetricName,
      Dimensions: [{ Name: 'EndpointName', Value: endpoint }],
    });
    const instances = this.instances(endpoint);
    this.metrics.put(metric('ApproximateBacklogSize'), size, 'Count');
    this.metrics.put(metric('HasBacklogWithoutCapacity'), size > 0 && instances === 0 ? 1 : 0, 'Count');
    if (instances > 0) this.metrics.put(metric('ApproximateBacklogSizePerInstance'), size / instances, 'Count');
    if (oldestSeconds !== undefined) {
      this.metrics.put(metric('ApproximateAgeOfOldestRequest'), oldestSeconds, 'Seconds');
    }
  }

  /** Publishes that an invocation failed because its inference component has no copies. */
  public putNoCapacity(component: string): void {
    this.putComponent(component, 'NoCapacityInvocationFailures', 1);
  }

  private putInvocation(
    observed: Observed,
    { concurrency, instances }: { readonly concurrency: number; readonly instances: number },
  ): void {
    const { component } = observed;
    this.put(observed, 'Invocations', 1);
    this.putVariant(observed, 'InvocationsPerInstance', 1 / Math.max(instances, 1));
    this.putVariant(observed, 'ConcurrentRequestsPerModel', concurrency);
    if (component === undefined) return;
    const { InferenceComponentName: name, RuntimeConfig } = component;
    this.putComponent(name, 'InvocationsPerCopy', 1 / Math.max(RuntimeConfig.CurrentCopyCount, 1));
    this.putComponent(name, 'ConcurrentRequestsPerCopy', concurrency);
  }

  /** @param status the status of the container, or 0 if it did not respond; undefined for a success */
  private putErrors(observed: Observed, status?: number): void {
    const isIn = (first: number): number => (status !== undefined && status >= first && status < first + 100 ? 1 : 0);
    this.put(observed, 'Invocation4XXErrors', isIn(400));
    this.put(observed, 'Invocation5XXErrors', isIn(500));
    this.put(observed, 'InvocationModelErrors', status === undefined ? 0 : 1);
  }

  private putLatency(observed: Observed, latency: number, started: number): void {
    const microseconds = (milliseconds: number): number => Math.round(milliseconds * 1000);
    this.put(observed, 'ModelLatency', microseconds(latency), 'Microseconds');
    this.put(observed, 'OverheadLatency', microseconds(started - observed.received), 'Microseconds');
  }

  /** Publishes a metric of the variant, and of the inference component if there is one. */
  private put(observed: Observed, MetricName: string, value: number, unit?: string): void {
    this.putVariant(observed, MetricName, value, unit);
    const { component } = observed;
    if (component !== undefined) this.putComponent(component.InferenceComponentName, MetricName, value, unit);
  }

  private putVariant({ endpoint, variant }: Observed, MetricName: string, value: number, unit?: string): void {
    const Dimensions = [
      { Name: 'EndpointName', Value: endpoint },
      { Name: 'VariantName', Value: variant },
    ];
    this.metrics.put({ Namespace: NAMESPACE, MetricName, Dimensions }, value, unit);
  }

  private putComponent(name: string, MetricName: string, value: number, unit?: string): void {
    const Dimensions = [{ Name: 'InferenceComponentName', Value: name }];
    this.metrics.put({ Namespace: NAMESPACE, MetricName, Dimensions }, value, unit);
  }

  /** The instances of a variant, or of all variants. A serverless variant has none. */
  private instances(endpoint: string, variant?: string): number {
    const { ProductionVariants = [], ShadowProductionVariants = [] } = this.endpoints.existing(endpoint);
    return [...ProductionVariants, ...ShadowProductionVariants]
      .filter(({ VariantName }) => variant === undefined || VariantName === variant)
      .reduce((sum, { CurrentInstanceCount = 0 }) => sum + CurrentInstanceCount, 0);
  }
}
