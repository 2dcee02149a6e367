import { ServiceError } from '../../aws-model/service-error';
import type { Route } from '../service';
import type { Request, Response } from '../wire/request';
import type { TrainingJobs } from './training-job/training-jobs';

const PATH = '/_interrupt/';

/** The route by which a user interrupts a managed spot training job; AWS has no operation for it. */
export function interruptionRoute(trainingJobs: TrainingJobs): Route {
  return { path: new RegExp(`^${PATH}`), respond: (request) => Promise.resolve(interrupt(trainingJobs, request)) };
}

function interrupt(trainingJobs: TrainingJobs, { method, path }: Request): Response {
  if (method !== 'POST') return { status: 405 };
  try {
    trainingJobs.interrupt(path.slice(PATH.length));
    return { status: 204 };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return { status: error.status, body: error.message };
  }
}
