import type { Service } from '../service';
import type { JsonApi } from '../wire/json';
import { interruptionRoute } from './interruptions';
import { ControlPlane, type SageMakerServices } from './operations';
import { sageMakerResourceTypes } from './resources';
import { AsyncInvocations } from './runtime/async-invocations';
import { DataCapture } from './runtime/data-capture';
import { EndpointMetrics } from './runtime/endpoint-metrics';
import { Invoker } from './runtime/invocation';
import { Runtime } from './runtime/runtime';

/** Amazon SageMaker, with SageMaker Runtime. */
export function sageMaker(services: SageMakerServices): Service & { readonly api: JsonApi } {
  const control = new ControlPlane(services);
  const { endpoints, components } = control;
  const invoker = new Invoker();
  const capture = new DataCapture({ ...services, endpoints });
  const endpointMetrics = new EndpointMetrics(services.metrics, endpoints);
  const asyncInvocations = new AsyncInvocations({ ...services, endpoints, invoker, endpointMetrics, capture });
  const runtime = new Runtime({
    ...services,
    endpoints,
    components,
    asyncInvocations,
    invoker,
    endpointMetrics,
    capture,
  });
  return {
    signingName: 'sagemaker',
    api: { protocol: 'json', operations: control.operations, access: control.access },
    routes: [runtime.route, interruptionRoute(control.trainingJobs)],
    resourceTypes: sageMakerResourceTypes(control, services.permissions),
    resume: () => {
      control.resume();
      void asyncInvocations.publishBacklogs();
    },
    close: async () => {
      invoker.close();
      await Promise.all([asyncInvocations.close(), control.close()]);
      await capture.close();
    },
  };
}
