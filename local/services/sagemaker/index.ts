import type { Service } from '../service';
import { interruptionRoute } from './interruptions';
import { ControlPlane, type SageMakerServices } from './operations';
import { sageMakerResourceTypes } from './resources';
import { AsyncInvocations } from './runtime/async-invocations';
import { Invoker } from './runtime/invocation';
import { Runtime } from './runtime/runtime';

/** Amazon SageMaker, with SageMaker Runtime. */
export function sageMaker(services: SageMakerServices): Service {
  const control = new ControlPlane(services);
  const { endpoints } = control;
  const invoker = new Invoker();
  const asyncInvocations = new AsyncInvocations({ ...services, endpoints, invoker });
  const runtime = new Runtime(endpoints, asyncInvocations, invoker, services.context);
  return {
    signingName: 'sagemaker',
    api: { protocol: 'json', operations: control.operations },
    routes: [runtime.route, interruptionRoute(control.trainingJobs)],
    resourceTypes: sageMakerResourceTypes(control),
    resume: () => control.resume(),
    close: async () => {
      invoker.close();
      await Promise.all([asyncInvocations.close(), control.close()]);
    },
  };
}
